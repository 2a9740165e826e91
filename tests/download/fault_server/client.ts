// Copyright 2026 the Tendril authors. MIT license.
// A client as the server sees it: a socket of node:net, because only that can be reset.

import type { Socket } from "node:net";
import { Channel, type Coroutine, until } from "@tendril/tendril";

/** The server's end of a connection. */
export class Client {
  readonly #socket: Socket;
  readonly #received = new Channel<string>(Infinity);
  readonly #gone: Promise<void>;
  #unread = "";

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding("latin1");
    socket.on("data", (text: string) => this.#received.trySend(text));
    socket.on("end", () => this.#received.close());
    // What went wrong does not matter: "close" follows.
    socket.on("error", () => {});
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#gone = promise;
    socket.on("close", () => {
      this.#received.close();
      resolve();
    });
  }

  /** Reads up to an empty line; null if the client has gone. */
  *readHead(): Coroutine<string | null> {
    for (;;) {
      const end = this.#unread.indexOf("\r\n\r\n");
      if (end >= 0) {
        const head = this.#unread.slice(0, end);
        this.#unread = this.#unread.slice(end + 4);
        return head;
      }
      // What speaks TLS will never come to the end of a head.
      if (this.#unread !== "" && !/^[A-Z]/.test(this.#unread)) return null;
      const { value, done } = yield* this.#received.next();
      if (done) return null;
      this.#unread += value;
    }
  }

  /** Writes bytes; gives whether the client was there. */
  *write(bytes: Uint8Array): Coroutine<boolean> {
    if (this.#socket.destroyed || !this.#socket.writable) return false;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#socket.write(bytes, () => resolve());
    yield* until(Promise.race([promise, this.#gone]));
    return !this.#socket.destroyed;
  }

  /** Closes the connection once all is sent. */
  close(): void {
    this.#socket.destroySoon();
  }

  /** Breaks the connection off. */
  reset(): void {
    this.#socket.resetAndDestroy();
  }

  /** Waits until the client closes the connection. */
  *leave(): Coroutine<void> {
    while (!(yield* this.#received.next()).done);
  }

  /** Ends it at once, and waits until it is over. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy();
    await this.#gone;
  }
}
