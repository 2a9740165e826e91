// Copyright 2026 the Tendril authors. MIT license.
/**
 * WebSockets for greenlets: the platform's, with calls that wait.
 *
 * Invariants:
 * - Every message is in `inbox` from its arrival until somebody takes it.
 * - While a socket is not closed it counts as one wait for something outside.
 *
 * @module
 */
import { AsyncResult } from "../../channels/async_result.ts";
import { Exchange, type Manner, NextOp } from "../../channels/exchange.ts";
import type { WaitOptions } from "../greenlet.ts";
import { addExternal } from "../hub.ts";
import type { Op } from "../op.ts";
import { limited } from "../timeout.ts";
import { cooperative, type IoPromise } from "./promise.ts";

const ignore = () => {};

/** What comes over a {@linkcode WebSocket}: text, or bytes. */
export type Message = string | Uint8Array<ArrayBuffer>;

/** How a {@linkcode WebSocket} was closed. */
export interface Closing {
  /** The code, 1006 when the connection broke or was never there. */
  readonly code: number;
  /** What the other side says about it. */
  readonly reason: string;
  /** Whether both sides agreed to close. */
  readonly wasClean: boolean;
}

/**
 * A {@linkcode WebSocket} could not be opened, or was closed when a message was waited for. The `cause` is
 * the host's error, if there was one.
 */
export class WebSocketClosedError extends Error implements Closing {
  /** The class name, so that logs and serialised errors show it. */
  override name = "WebSocketClosedError";
  /** The code, 1006 when the connection broke or was never there. */
  readonly code: number;
  /** What the other side says about it. */
  readonly reason: string;
  /** Whether both sides agreed to close. */
  readonly wasClean: boolean;

  /** Makes the error. */
  constructor(message: string, closing: Closing, options?: ErrorOptions) {
    super(message, options);
    this.code = closing.code;
    this.reason = closing.reason;
    this.wasClean = closing.wasClean;
  }
}

/** Ends in an error when the connection broke, so that a loop does not take that for the end. */
class MessageOp extends NextOp<Message> {
  override poll(): IteratorReturnResult<IteratorResult<Message, undefined>> | null {
    const { exchange } = this;
    if (exchange.closed && !exchange.available && !(exchange.cause as Closing).wasClean) {
      throw exchange.manner.cannotReceive(exchange);
    }
    return super.poll();
  }

  override refuse(error?: Error): void {
    if ((error as WebSocketClosedError).wasClean) super.refuse();
    else this.waiter!.fail(error);
  }
}

/**
 * The platform's WebSocket with calls that wait: `opened`, `receive`, `next`, `closed`. Messages are
 * kept, in order, until somebody takes them; binary ones are bytes. The events of the platform come as well.
 *
 * Who is killed or timed out in `opened` closes the socket; in the other calls it stays as it is.
 *
 * @example In a greenlet
 * ```ts
 * import { run } from "@tendril/tendril";
 * import { WebSocket } from "@tendril/tendril/io";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = Deno.serve({ port: 0, onListen() {} }, (request) => {
 *   const { socket, response } = Deno.upgradeWebSocket(request);
 *   socket.onmessage = ({ data }) => socket.send(data.toUpperCase());
 *   return response;
 * });
 *
 * await run(function* () {
 *   using socket = new WebSocket(`ws://127.0.0.1:${server.addr.port}/`);
 *   yield* socket.opened();
 *   socket.send("hello");
 *   assertEquals(yield* socket.receive(), "HELLO");
 *   socket.close();
 *   yield* socket.closed();
 * });
 * ```
 */
export class WebSocket extends globalThis.WebSocket implements AsyncIterable<Message>, Disposable {
  readonly #inbox: Exchange<Message>;
  readonly #opening: Promise<void>;
  readonly #closing: AsyncResult<Closing> = new AsyncResult();
  #error: unknown = undefined;

  /**
   * Begins to connect.
   *
   * @param url An address with the scheme `ws:`, `wss:`, `http:` or `https:`.
   * @param protocols The subprotocols to ask for.
   * @throws {DOMException} If the address is none.
   */
  constructor(url: string | URL, protocols?: string | string[]) {
    super(url, protocols);
    const opening = Promise.withResolvers<void>();
    this.#opening = opening.promise;
    this.#opening.catch(ignore); // whoever opened it may listen to events only
    const manner: Manner = {
      sending: "websocket send",
      receiving: "websocket receive",
      cannotSend: ({ cause }) => this.#closedError("send to", cause as Closing),
      cannotReceive: ({ cause }) => this.#closedError("receive from", cause as Closing),
    };
    this.#inbox = new Exchange<Message>(this, this, manner, Infinity);
    this.binaryType = "arraybuffer";
    addExternal(1);
    this.addEventListener("open", () => opening.resolve());
    this.addEventListener("message", ({ data }) => {
      if (!this.#inbox.closed) this.#inbox.offer(typeof data === "string" ? data : bytesOf(data));
    });
    this.addEventListener("error", (event) => {
      this.#error ??= event instanceof ErrorEvent ? event.error : undefined;
    });
    this.addEventListener("close", ({ code, reason, wasClean }) => {
      addExternal(-1);
      const how: Closing = { code: code || 1006, reason, wasClean };
      opening.reject(this.#closedError("open", how));
      this.#closing.set(how);
      this.#inbox.close(how);
    });
  }

  #closedError(action: string, closing: Closing): WebSocketClosedError {
    const { code, reason } = closing;
    const why = this.#error instanceof Error
      ? this.#error.message
      : `it was closed with code ${code}${reason === "" ? "" : `, ${reason}`}`;
    return new WebSocketClosedError(
      `Cannot ${action} ${this.url}: ${why}`,
      closing,
      this.#error === undefined ? undefined : { cause: this.#error },
    );
  }

  /**
   * Waits until messages can be sent. A wait that is given up closes the socket.
   *
   * @throws {WebSocketClosedError} If it cannot be opened, or is closed before.
   */
  opened(): IoPromise<void> {
    return cooperative("open websocket", this.url, this.#opening.then(ignore), () => this.close());
  }

  /**
   * The next message.
   *
   * @throws {WebSocketClosedError} If the socket is closed and all messages were taken.
   * @throws {Timeout} If `timeout` milliseconds were over first; nothing was taken then.
   */
  receive(options?: WaitOptions): Op<Message> {
    return limited(this.#inbox.receive(), "receive from a WebSocket", options?.timeout);
  }

  /**
   * The next message as an iterator gives it: done when both sides have closed the socket and all
   * messages were taken.
   *
   * @throws {WebSocketClosedError} If the connection broke.
   * @throws {Timeout} If `timeout` milliseconds were over first; nothing was taken then.
   */
  next(options?: WaitOptions): Op<IteratorResult<Message, undefined>> {
    return limited(new MessageOp(this.#inbox), "receive from a WebSocket", options?.timeout);
  }

  /** Waits until the socket is closed, by whichever side, and gives how. */
  closed(options?: WaitOptions): Op<Closing> {
    return this.#closing.get(options);
  }

  /** Lets `for await` receive until both sides have closed it; leaving the loop does not close it. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Message> {
    return {
      next: async () => await this.next(),
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  /** Closes it at the end of a `using` block, without waiting for the other side. */
  [Symbol.dispose](): void {
    this.close();
  }
}

function bytesOf(data: unknown): Uint8Array<ArrayBuffer> {
  return new Uint8Array(data as ArrayBuffer);
}
