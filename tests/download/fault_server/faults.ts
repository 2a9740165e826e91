// Copyright 2026 the Tendril authors. MIT license.
// What can go wrong with a connection, a head or a body. `after` counts bytes of the body.

import { sleep } from "@tendril/tendril";
import { gzipSync } from "node:zlib";
import type { Answer } from "./answer.ts";
import type { Served } from "./content.ts";
import type { Fault } from "./server.ts";

/** Closes the connection without a word. */
// deno-lint-ignore require-yield
export const hangUp: Fault = function* (exchange) {
  exchange.close();
};

/** Breaks the connection off without a word. */
// deno-lint-ignore require-yield
export const reset: Fault = function* (exchange) {
  exchange.reset();
};

/** Never says anything. */
export const silence: Fault = (exchange) => exchange.silence();

/** Says something that is not HTTP, and closes. */
export const garbage: Fault = function* (exchange) {
  yield* exchange.send("Good morning!\r\n\r\n");
  exchange.close();
};

/** Writes these bytes instead of an answer, and closes. */
export function raw(text: string): Fault {
  return function* (exchange) {
    yield* exchange.send(text);
    exchange.close();
  };
}

/** Writes a byte of the head now and then, and never comes to its end. */
export function dripHead(gap: number): Fault {
  return function* (exchange) {
    yield* exchange.send("HTTP/1.1 200 OK\r\nx-slow: ");
    while (!exchange.ended) {
      yield* exchange.send("z");
      yield* sleep(gap);
    }
  };
}

/** Writes headers of `bytes` in all before the right ones. */
export function longHead(bytes: number): Fault {
  return function* (exchange, answer) {
    const padding: Record<string, string> = {};
    for (let i = 0; i < bytes / 1024; i++) padding[`x-padding-${i}`] = "z".repeat(1000);
    yield* exchange.answer({ ...answer, headers: { ...padding, ...answer.headers } });
  };
}

/** Writes answers of status 103 before the right one; for ever, unless there is a number. */
export function informational(times = Infinity): Fault {
  return function* (exchange, answer) {
    for (let i = 0; i < times && !exchange.ended; i++) {
      yield* exchange.send("HTTP/1.1 103 Early Hints\r\nlink: </style.css>\r\n\r\n");
      if (times === Infinity) yield* sleep(1);
    }
    yield* exchange.answer(answer);
  };
}

/** Answers with another status, headers and a page for people, which must not be taken for the file. */
export function status(code: number, headers: Record<string, string> = {}): Fault {
  const body = new TextEncoder().encode(`<html>Status ${code}</html>\n`);
  return (exchange) => exchange.answer({ status: code, headers, ...lengthOf(body) });
}

/** Sends the client elsewhere. */
export function redirect(location: string, code = 302): Fault {
  return status(code, { location });
}

/** Answers with another body, as if it were right. */
export function instead(bytes: Uint8Array<ArrayBuffer>): Fault {
  return (exchange, answer) => exchange.answer({ ...answer, ...lengthOf(bytes) });
}

/** Answers as if the file were another one. */
export function replaced(served: Served): Fault {
  return (exchange, answer) => {
    const { first = 0, last = served.bytes.length - 1 } = answer.part ?? {};
    return exchange.answer({ ...answer, ...lengthOf(served.bytes.subarray(first, last + 1)) });
  };
}

/** Flips the bits of one byte. */
export function flip(after: number): Fault {
  return (exchange, answer) => {
    const body = new Uint8Array(answer.body ?? []);
    body[after] = ~body[after]!;
    return exchange.answer({ ...answer, body });
  };
}

/** Ends the body too early: closes, breaks off, or says nothing more. */
export function cut(after: number, end: "close" | "reset" | "silence" = "close"): Fault {
  return function* (exchange, answer) {
    yield* exchange.head(answer);
    const body = (answer.body ?? new Uint8Array()).subarray(0, after);
    if (answer.framing === "chunked") yield* exchange.chunks(body);
    else yield* exchange.send(body);
    if (end === "silence") yield* exchange.silence();
    else exchange[end]();
  };
}

/** Writes the body in pieces of `size` bytes with pauses, from byte `after` on. */
export function drip(size: number, gap: number, after = 0): Fault {
  return function* (exchange, answer) {
    yield* exchange.head(answer);
    const body = answer.body ?? new Uint8Array();
    yield* exchange.send(body.subarray(0, after));
    for (let at = after; at < body.length && !exchange.ended; at += size) {
      yield* exchange.send(body.subarray(at, at + size));
      yield* sleep(gap);
    }
  };
}

/** Writes more than it announced. */
export const tooLong: Fault = function* (exchange, answer) {
  yield* exchange.answer(answer);
  yield* exchange.send("and this is too much");
  exchange.close();
};

/** Never comes to an end. */
export const endless: Fault = function* (exchange, answer) {
  yield* exchange.head({ ...answer, framing: "chunked" });
  while (!exchange.ended) {
    yield* exchange.chunks(new Uint8Array(1000));
    yield* sleep(1);
  }
};

/** Changes or adds headers of an answer that is right otherwise; those of its length too. */
export function withHeaders(headers: Record<string, string>): Fault {
  return (exchange, answer) =>
    exchange.answer({ ...answer, headers: { ...answer.headers, ...headers } });
}

/** In place of the length has other header lines, then the body as it is, and closes. */
export function framedAs(...lines: string[]): Fault {
  return function* (exchange, { status, headers, body }) {
    const all = [
      `HTTP/1.1 ${status} OK`,
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      ...lines,
    ];
    yield* exchange.send(`${all.join("\r\n")}\r\n\r\n`);
    yield* exchange.send(body ?? "");
    exchange.close();
  };
}

/** Sends a chunk, then what is wrong for a chunk, and closes. */
export function badChunk(wrong: string): Fault {
  return function* (exchange, answer) {
    yield* exchange.head({ ...answer, framing: "chunked" });
    yield* exchange.chunks((answer.body ?? new Uint8Array()).subarray(0, 5000));
    yield* exchange.send(wrong);
    exchange.close();
  };
}

/** Sends more in a chunk than its length says. */
export const overfullChunk: Fault = function* (exchange, answer) {
  yield* exchange.head({ ...answer, framing: "chunked" });
  yield* exchange.send("64\r\n");
  yield* exchange.send((answer.body ?? new Uint8Array()).subarray(0, 150));
  yield* exchange.send("\r\n0\r\n\r\n");
  exchange.close();
};

/** Sends the body in chunks as good as any, with an extension and a trailer. */
export const oddChunks: Fault = function* (exchange, answer) {
  const body = answer.body ?? new Uint8Array();
  yield* exchange.head({ ...answer, framing: "chunked" });
  yield* exchange.send(`${body.length.toString(16).toUpperCase()};name="value"\r\n`);
  yield* exchange.send(body);
  yield* exchange.send("\r\n000\r\nx-checksum: 1\r\n\r\n");
};

/** Compresses the body though nobody asked for that; `spoil` changes what is sent. */
export function compressed(
  spoil: (coded: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer> = (coded) => coded,
  coding = "gzip",
): Fault {
  return (exchange, answer) =>
    exchange.answer({
      ...answer,
      ...lengthOf(spoil(new Uint8Array(gzipSync(answer.body ?? new Uint8Array())))),
      headers: { ...answer.headers, "content-encoding": coding },
    });
}

function lengthOf(body: Uint8Array<ArrayBuffer>): Pick<Answer, "body" | "length" | "framing"> {
  return { body, length: body.length, framing: "length" };
}
