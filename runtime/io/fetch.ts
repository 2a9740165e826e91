// Copyright 2026 the Tendril authors. MIT license.
/**
 * `fetch` for greenlets: it yields, and a kill or a timeout aborts the request.
 *
 * @module
 */
import { adoptStream, type ByteStream, type Sent } from "./body.ts";
import { cooperative, type IoPromise } from "./promise.ts";

const hostFetch = globalThis.fetch;
const BODY = "body of";
const REQUEST: unique symbol = Symbol("tendril.request");

/**
 * A Response whose body methods yield in a greenlet, and abort the request when that is killed.
 *
 * @example Usage
 * ```ts
 * import { run } from "@tendril/tendril";
 * import { type CooperativeResponse, fetch, serve } from "@tendril/tendril/io";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   const server = serve(() => Response.json({ cups: 3 }), { port: 0, hostname: "127.0.0.1" });
 *   const response: CooperativeResponse = yield* fetch(`http://127.0.0.1:${server.port}/`);
 *   assertEquals(yield* response.json(), { cups: 3 });
 *   yield* server.stop();
 * });
 * ```
 */
export class CooperativeResponse extends Response {
  /** @internal */
  declare [REQUEST]: Sent;

  /**
   * The body as a stream, to be read piece by piece: `yield* body.read()` in a greenlet, `for await` in
   * an async function. `null` where there can be none.
   */
  override get body(): ByteStream | null {
    const body = super.body;
    const sent = this[REQUEST];
    return body === null ? null : adoptStream(body, BODY, sent.url, sent);
  }

  /** Reads the whole body as bytes in an ArrayBuffer. */
  override arrayBuffer(): IoPromise<ArrayBuffer> {
    return reading(this, super.arrayBuffer());
  }

  /** Reads the whole body as a Blob. */
  override blob(): IoPromise<Blob> {
    return reading(this, super.blob());
  }

  /** Reads the whole body as bytes. */
  override bytes(): IoPromise<Uint8Array<ArrayBuffer>> {
    return reading(this, super.bytes());
  }

  /** Reads the whole body as a form. */
  override formData(): IoPromise<FormData> {
    return reading(this, super.formData());
  }

  /** Reads the whole body as JSON. */
  // deno-lint-ignore no-explicit-any -- what the server sent, as in the Response of the platform
  override json(): IoPromise<any> {
    return reading(this, super.json());
  }

  /** Reads the whole body as text. */
  override text(): IoPromise<string> {
    return reading(this, super.text());
  }

  /** Sends the body to a stream, by the host's fast path where there is one. An empty body too. */
  pipeTo(
    destination: WritableStream<Uint8Array>,
    options?: Omit<StreamPipeOptions, "signal">,
  ): IoPromise<void> {
    const { body } = this;
    return body === null ? reading(this, destination.close()) : body.pipeTo(destination, options);
  }

  /** Gives the body up without reading it, so that nothing is left open. */
  discard(): IoPromise<void> {
    return this.body?.cancel() ?? reading(this, Promise.resolve());
  }

  /** A copy whose body can be read as well. */
  override clone(): CooperativeResponse {
    return adopt(super.clone(), this[REQUEST]);
  }
}

function adopt(response: Response, sent: Sent): CooperativeResponse {
  const adopted = Object.setPrototypeOf(response, CooperativeResponse.prototype);
  adopted[REQUEST] = sent;
  return adopted;
}

function reading<T>(response: CooperativeResponse, promise: Promise<T>): IoPromise<T> {
  const sent = response[REQUEST];
  const told = promise.catch((error) => {
    throw failed("read the body of", sent, error);
  });
  return cooperative(BODY, sent.url, told, sent.controller);
}

/** The host's error with the address in it; any other, such as the reason of an abort, is itself. */
function failed(action: string, { url, signal }: Sent, error: unknown): unknown {
  if (signal.aborted || !(error instanceof TypeError)) return error;
  const { message } = error.cause instanceof Error ? error.cause : error; // the deeper one says why
  const why = message.replace(/^error sending request for url \(.*?\): /, "");
  return new TypeError(`Cannot ${action} ${url}: ${why}`, { cause: error });
}

/**
 * The platform's `fetch`. In a greenlet `yield*` it: when the greenlet is killed or timed out, the
 * request is aborted, also while the body is read.
 *
 * @throws {TypeError} If the address is none or the server cannot be reached; the message names the
 * address, and the `cause` is the host's error.
 *
 * @example Usage
 * ```ts
 * import { run } from "@tendril/tendril";
 * import { fetch } from "@tendril/tendril/io";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = Deno.serve({ port: 0, onListen() {} }, () => new Response("hello"));
 * await run(function* () {
 *   const response = yield* fetch(`http://127.0.0.1:${server.addr.port}/`);
 *   assertEquals(yield* response.text(), "hello");
 * });
 * ```
 */
export function fetch(
  input: string | URL | Request,
  init?: RequestInit,
): IoPromise<CooperativeResponse> {
  const controller = new AbortController();
  const { signal } = controller;
  const request = input instanceof Request ? input : undefined;
  const given = init?.signal ?? request?.signal;
  const options = init === undefined && request === undefined
    ? { signal }
    : { ...init, signal: given ? AbortSignal.any([given, signal]) : signal };
  const url = request?.url ?? input as string | URL;
  const sent: Sent = { url, controller, signal: options.signal };
  const response = hostFetch(input, options).then((raw) => adopt(raw, sent), (error) => {
    throw failed("fetch", sent, error);
  });
  return cooperative("fetch", sent.url, response, controller);
}
