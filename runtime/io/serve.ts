// Copyright 2026 the Tendril authors. MIT license.
/**
 * An HTTP server with a greenlet for each request, over `Deno.serve`.
 *
 * @module
 */
import { type Coroutine, notCallable, type Runnable } from "../body.ts";
import { show, type TimerEntry } from "../clock.ts";
import { GreenletExit } from "../errors.ts";
import { families, type Family, mainFamily } from "../family.ts";
import { addLink, type Fiber, type Link } from "../fiber.ts";
import { getHub } from "../get_hub.ts";
import { getCurrent, Greenlet, type WaitOptions } from "../greenlet.ts";
import { Group, type Pool } from "../group.ts";
import { addExternal, timers } from "../hub.ts";
import type { Op } from "../op.ts";
import { perform } from "../perform.ts";
import { routine } from "../routine.ts";
import { until } from "../until.ts";
import { withTimeout } from "../with_timeout.ts";
import { poolFor, STOP_TIMEOUT } from "./server.ts";

const hostServe = Deno.serve;

/** Answers a request, in a greenlet of its own. */
export type RequestHandler = Runnable<[Request, Deno.ServeHandlerInfo<Deno.NetAddr>], Response>;

/** Options of {@linkcode serve}. */
export interface ServeOptions {
  /** The port, 0 for one that is free; default: 8000. */
  port?: number;
  /** The address to listen on; default: "0.0.0.0", which is all of them. */
  hostname?: string;
  /** Certificate chain in PEM format; with `key` it makes a server of HTTPS. */
  cert?: string;
  /** The private key of `cert`, in PEM format. */
  key?: string;
  /** A pool to answer in, or how many requests to answer at a time; default: all there are. */
  spawn?: Pool | number;
  /**
   * Makes the answer to a request whose handler failed. The default reports the error as that of any
   * greenlet, to `getHub().onError`, and answers with status 500.
   */
  onError?: (error: unknown, request: Request) => Response;
}

/**
 * How long a handler may take, in milliseconds, before anybody looks whether its client is still there. To
 * ask the host for the signal that tells costs more than a short handler does.
 */
const LOOK_AFTER = 100;

/** Hands the outcome of a request's greenlet to the host, and ends the greenlet when the client goes away. */
class Answer implements Link, TimerEntry {
  before: Link | null = null;
  after: Link | null = null;
  index = -1;
  readonly #kill = (): void => {
    this.greenlet.requestKill(new GreenletExit(`The client of ${this.greenlet.name} went away`));
  };
  #signal: AbortSignal | null = null;

  constructor(
    readonly greenlet: Greenlet<Response>,
    readonly request: Request,
    readonly onError: ServeOptions["onError"],
    readonly resolve: (response: Response) => void,
  ) {
    addLink(greenlet, this);
    timers.add(this, LOOK_AFTER);
  }

  /** The handler takes long: looks after the client. */
  fire(): void {
    const signal = this.#signal = this.request.signal;
    if (signal.aborted) this.#kill();
    else signal.addEventListener("abort", this.#kill);
  }

  ended(fiber: Fiber): void {
    timers.cancel(this);
    this.#signal?.removeEventListener("abort", this.#kill);
    const { failing, inbox } = fiber;
    if (failing) this.resolve(this.failed(inbox, fiber as Greenlet<unknown>));
    else if (inbox instanceof Response) this.resolve(inbox);
    // It was killed: the client is gone, or the server stops.
    else if (inbox instanceof GreenletExit) this.resolve(new Response(null, { status: 503 }));
    else this.resolve(this.failed(wrongAnswer(this.request, inbox), fiber as Greenlet<unknown>));
  }

  private failed(error: unknown, greenlet: Greenlet<unknown>): Response {
    try {
      if (this.onError !== undefined) return this.onError(error, this.request);
      getHub().onError(error, greenlet);
    } catch (failure) {
      reportError(failure);
    }
    return new Response(null, { status: 500 });
  }
}

function wrongAnswer({ method, url }: Request, answer: unknown): TypeError {
  return new TypeError(
    `Cannot answer ${method} ${url} with ${show(answer)}: its handler must return a Response`,
  );
}

/**
 * An HTTP server that runs; {@linkcode serve} makes it.
 *
 * @example Usage
 * ```ts
 * import { type HttpServer, serve } from "@tendril/tendril/io";
 * import { assertEquals } from "@std/assert";
 *
 * await using server: HttpServer = serve(() => new Response("tea"), {
 *   port: 0,
 *   hostname: "127.0.0.1",
 * });
 * const response = await fetch(`http://127.0.0.1:${server.port}/`);
 * assertEquals(await response.text(), "tea");
 * ```
 */
export class HttpServer implements AsyncDisposable {
  /** Where it listens. */
  readonly addr: Deno.NetAddr;
  readonly #host: Deno.HttpServer<Deno.NetAddr>;
  readonly #abort: AbortController = new AbortController();
  readonly #requests: Group = new Group();
  readonly #handler: RequestHandler;
  readonly #pool: Pool | undefined;
  readonly #onError: ServeOptions["onError"];
  readonly #family: Family = getCurrent().family;
  readonly #drained: PromiseWithResolvers<true> = Promise.withResolvers();
  #undelivered = 0;
  #stopping = false;

  /** Listens; use {@linkcode serve}. */
  constructor(handler: RequestHandler, options: ServeOptions) {
    if (typeof handler !== "function") throw notCallable("serve", handler);
    const { port, hostname, cert, key, spawn, onError } = options;
    this.#handler = handler;
    this.#pool = poolFor(spawn);
    this.#onError = onError;
    this.#host = hostServe({
      ...(port === undefined ? {} : { port }),
      ...(hostname === undefined ? {} : { hostname }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
      signal: this.#abort.signal,
      onListen() {},
    }, (request, info) => this.#answer(request, info)) as Deno.HttpServer<Deno.NetAddr>;
    this.addr = this.#host.addr;
    // As long as it listens somebody may come, so nobody who waits is stuck.
    addExternal(1);
    const closed = () => addExternal(-1);
    this.#host.finished.then(closed, closed);
  }

  /** The port it listens on. */
  get port(): number {
    return this.addr.port;
  }

  /** How many requests are being answered. */
  get size(): number {
    return this.#requests.size;
  }

  #answer(request: Request, info: Deno.ServeHandlerInfo<Deno.NetAddr>): Promise<Response> {
    const { method, url } = request;
    if (this.#stopping) return Promise.resolve(new Response(null, { status: 503 }));
    this.#undelivered++;
    info.completed.then(this.#delivered, this.#delivered);
    const greenlet = new Greenlet<Response>(
      this.#pool === undefined ? this.#handler : inSlot,
      { name: `${method} ${pathOf(url)}` },
      families.has(this.#family) ? this.#family : mainFamily,
    );
    return new Promise((resolve) => {
      new Answer(greenlet, request, this.#onError, resolve);
      this.#requests.add(greenlet as Greenlet<unknown>);
      if (this.#pool === undefined) greenlet.start(request, info);
      else greenlet.start(this.#pool, this.#handler, request, info);
    });
  }

  readonly #delivered = (): void => {
    this.#undelivered--;
    this.#checkDrained();
  };

  #checkDrained(): void {
    if (this.#stopping && this.#undelivered === 0) this.#drained.resolve(true);
  }

  /**
   * Waits until the server is stopped. When the greenlet that waits is killed or timed out, the server
   * is stopped first, as by {@linkcode HttpServer.stop}.
   */
  serveForever(options: WaitOptions = {}): Op<void> {
    return routine("serve for ever", serveUntilStopped, this as HttpServer, this.#host, options);
  }

  /**
   * Takes no more requests, at the call: who asks now gets status 503. The Op waits until the answers to
   * those that were taken are delivered, but only for `timeout` milliseconds, 1,000 if not given: the
   * greenlets that still run are killed then, and all connections closed.
   */
  stop(options: WaitOptions = {}): Op<void> {
    this.#stopping = true;
    this.#checkDrained();
    const { promise } = this.#drained;
    return routine(
      "server stop",
      stopServer,
      this.#host,
      promise,
      this.#requests,
      this.#abort,
      options,
    );
  }

  /** Stops it at the end of an `await using` block. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** What `Deno.inspect` and `console.log` show. */
  [Symbol.for("Deno.customInspect")](): string {
    return `<HttpServer ${this.addr.hostname}:${this.port} requests=${this.size}>`;
  }
}

function pathOf(url: string): string {
  return url.slice(url.indexOf("/", url.indexOf("//") + 2));
}

function* inSlot(
  pool: Pool,
  handler: RequestHandler,
  request: Request,
  info: Deno.ServeHandlerInfo<Deno.NetAddr>,
): Coroutine<Response> {
  yield* pool.add(getCurrent());
  return yield* perform(handler, request, info);
}

function* serveUntilStopped(
  server: HttpServer,
  host: Deno.HttpServer<Deno.NetAddr>,
  options: WaitOptions,
): Coroutine<void> {
  try {
    yield* until(host.finished);
  } finally {
    yield* server.stop(options);
  }
}

function* stopServer(
  host: Deno.HttpServer<Deno.NetAddr>,
  drained: Promise<true>,
  requests: Group,
  abort: AbortController,
  { timeout = STOP_TIMEOUT }: WaitOptions,
): Coroutine<void> {
  let delivered = false;
  try {
    delivered = yield* withTimeout(timeout, until(drained), { value: false });
  } finally {
    // The host closes either gently, so that the last answers arrive, or at once, never one after the other.
    if (!delivered) {
      yield* requests.kill(new GreenletExit("The server was stopped"));
      abort.abort();
      yield* until(host.finished);
    }
  }
  if (!delivered) return;
  // A client that never ends its request would hold this up for as long as it likes.
  yield* withTimeout(STOP_TIMEOUT, until(host.shutdown()), { value: undefined });
}

/**
 * Serves HTTP: each request is answered by `handler` in a greenlet of its own, which is killed when the
 * client goes away. A handler that fails never harms the server.
 *
 * It belongs to the greenlet that calls: a `run` waits for the requests that are being answered below
 * it, and Ctrl-C under `main` kills them. The server itself lives until it is stopped.
 *
 * Whether a client is still there is looked at when its handler has taken 100 ms. Deno 2.9 does not say so
 * of a client whose request had a body, of more than some hundred bytes, that the handler has read. When such a handler
 * succeeds, the host writes a note about signals of requests to standard error, once; it does not if Deno
 * runs with `--unstable-no-legacy-abort`.
 *
 * @example Usage
 * ```ts
 * import { run, sleep } from "@tendril/tendril";
 * import { fetch, serve } from "@tendril/tendril/io";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   const server = serve(function* (request) {
 *     yield* sleep(1);
 *     return new Response(`You asked for ${new URL(request.url).pathname}`);
 *   }, { port: 0, hostname: "127.0.0.1" });
 *   const response = yield* fetch(`http://127.0.0.1:${server.port}/tea`);
 *   assertEquals(yield* response.text(), "You asked for /tea");
 *   yield* server.stop();
 * });
 * ```
 *
 * @throws {TypeError} If `handler` is no function.
 * @throws {Deno.errors.AddrInUse} If the port is taken.
 */
export function serve(handler: RequestHandler, options: ServeOptions = {}): HttpServer {
  return new HttpServer(handler, options);
}
