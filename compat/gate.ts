// Copyright 2026 the Tendril authors. MIT license.
// What a server holds its answers up with, and an HTTP server that does.

import { Buffer } from "node:buffer";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Resolves its waits when a number is reached. */
export class Count {
  #value = 0;
  readonly #waits: { at: number; resolve: () => void }[] = [];

  /** Adds to it. */
  add(difference: number): void {
    this.#value += difference;
    for (const { at, resolve } of this.#waits) if (at === this.#value) resolve();
  }

  /** Resolves when it is `at`, also if that is now. */
  reaches(at: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waits.push({ at, resolve });
    this.add(0);
    return promise;
  }
}

/** Where the requests of a server wait for their answers. */
export class Gate {
  readonly #open = Promise.withResolvers<void>();
  /** How many are waiting at once. */
  readonly inside = new Count();
  /** How many went away without an answer. */
  readonly gone = new Count();

  /** Waits until it is opened; `leaving` resolves when the other end goes away. */
  async enter(leaving: Promise<unknown>): Promise<void> {
    this.inside.add(1);
    const isGone = await Promise.race([
      this.#open.promise.then(() => false),
      leaving.then(() => true),
    ]);
    this.inside.add(-1);
    if (isGone) this.gone.add(1);
  }

  /** Lets everybody in. */
  open(): void {
    this.#open.resolve();
  }
}

/** What a server is asked. */
export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly type: string | undefined;
  readonly text: string;
}

/** What it answers, part by part. */
export interface Answer {
  readonly status?: number;
  readonly type: string;
  readonly parts: readonly string[];
}

/** An HTTP server that answers what it was sent, under "/slow" only when the gate is open. */
export class EchoServer implements AsyncDisposable {
  readonly gate = new Gate();
  readonly #answer: (asked: Asked) => Answer;
  // Not `Deno.serve`: once it has read a body of some size it does not see the client go.
  readonly #server = createServer((request, response) => void this.#serve(request, response));

  private constructor(answer: (asked: Asked) => Answer) {
    this.#answer = answer;
  }

  /** Starts one; `answer` makes what it answers with. */
  static async start(answer: (asked: Asked) => Answer = echo): Promise<EchoServer> {
    const started = new EchoServer(answer);
    started.#server.listen(0, "127.0.0.1");
    await once(started.#server, "listening");
    return started;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url = "", headers } = request;
    const text = new TextDecoder().decode(Buffer.concat(await Array.fromAsync(request)));
    const asked = { method, url, type: headers["content-type"], text };
    const { status = 200, type, parts } = this.#answer(asked);
    if (url.startsWith("/slow")) await this.gate.enter(once(response, "close"));
    if (response.destroyed) return;
    response.writeHead(status, { "content-type": type });
    for (const part of parts) response.write(part);
    response.end();
  }

  /** Its address, without a slash at the end. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.gate.open();
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }
}

function echo(asked: Asked): Answer {
  if (asked.url === "/missing") {
    return { status: 404, type: "text/plain", parts: ["no such thing"] };
  }
  return { type: "application/json", parts: [JSON.stringify(asked)] };
}

/** Asks a server again and again until it says yes. */
export async function polled(ask: () => Promise<boolean>): Promise<void> {
  while (!await ask());
}
