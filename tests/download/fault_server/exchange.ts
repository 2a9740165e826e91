// Copyright 2026 the Tendril authors. MIT license.
// One request and what is written in answer to it, byte by byte.

import type { Coroutine } from "@tendril/tendril";
import { type Answer, reasonOf } from "./answer.ts";
import type { Client } from "./client.ts";
import type { Request } from "./request.ts";

const encoder = new TextEncoder();
/** So much is written at a time, so that what is written was wanted. */
const PIECE = 64 * 1024;

const BODILESS = new Set([204, 304]);

/** What the server remembers of a request. */
export interface Entry {
  readonly request: Request;
  /** When it came, in milliseconds. */
  readonly at: number;
  /** What was answered; 0 until then. */
  status: number;
  /** How many bytes of the body were written. */
  written: number;
}

/** A request that is being answered. */
export class Exchange {
  readonly request: Request;
  /** How many GETs of this path came before it, and how many of these for a range. */
  readonly before: { readonly all: number; readonly ranges: number };
  /** Whether nothing more can be said. */
  ended = false;
  readonly #client: Client;
  readonly #entry: Entry;

  constructor(client: Client, entry: Entry, before: Exchange["before"]) {
    this.#client = client;
    this.#entry = entry;
    this.request = entry.request;
    this.before = before;
  }

  /** Writes bytes, unless the client has gone; text is not counted as part of a body. */
  *send(bytes: Uint8Array | string): Coroutine<void> {
    const all = typeof bytes === "string" ? encoder.encode(bytes) : bytes;
    for (let at = 0; at < all.length && !this.ended; at += PIECE) {
      const piece = all.subarray(at, at + PIECE);
      if (!(yield* this.#client.write(piece))) this.ended = true;
      else if (all === bytes) this.#entry.written += piece.length;
    }
  }

  /** Writes the status line and the headers. */
  *head({ status, headers, framing, length }: Omit<Answer, "body">): Coroutine<void> {
    this.#entry.status = status;
    const lines = [`HTTP/1.1 ${status} ${reasonOf(status)}`];
    for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
    if (BODILESS.has(status)) { /* nothing tells where no body ends */ }
    else if (framing === "length") lines.push(`content-length: ${length}`);
    else if (framing === "chunked") lines.push("transfer-encoding: chunked");
    else lines.push("connection: close");
    yield* this.send(`${lines.join("\r\n")}\r\n\r\n`);
  }

  /** Writes all of an answer. */
  *answer(answer: Answer): Coroutine<void> {
    yield* this.head(answer);
    const { status, body, framing } = answer;
    if (body !== null && !BODILESS.has(status)) {
      if (framing === "chunked") yield* this.chunks(body);
      else yield* this.send(body);
      if (framing === "chunked") yield* this.send("0\r\n\r\n");
    }
    if (framing === "close") this.close();
  }

  /** Writes chunks, without the last, empty one. */
  *chunks(bytes: Uint8Array): Coroutine<void> {
    for (let at = 0; at < bytes.length; at += PIECE) {
      const piece = bytes.subarray(at, at + PIECE);
      yield* this.send(`${piece.length.toString(16)}\r\n`);
      yield* this.send(piece);
      yield* this.send("\r\n");
    }
  }

  /** Closes the connection properly. */
  close(): void {
    this.ended = true;
    this.#client.close();
  }

  /** Breaks the connection off. */
  reset(): void {
    this.ended = true;
    this.#client.reset();
  }

  /** Says nothing until the client has had enough. */
  *silence(): Coroutine<void> {
    yield* this.#client.leave();
    this.ended = true;
  }
}
