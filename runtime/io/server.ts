// Copyright 2026 the Tendril authors. MIT license.
/**
 * What the servers of sockets have in common: they listen, and run a handler for whatever comes in a
 * greenlet of its own.
 *
 * Invariants:
 * - One greenlet, the acceptor, takes what comes. While the pool is full it takes nothing, so that
 *   clients wait in the host's backlog.
 * - A connection that was taken is closed when its handler has ended, or was killed before it began.
 *
 * @module
 */
import { Event } from "../../channels/event.ts";
import { type Coroutine, notCallable, type Runnable } from "../body.ts";
import { GreenletError, GreenletExit } from "../errors.ts";
import { addLink, type Link } from "../fiber.ts";
import { getCurrent, Greenlet, type WaitOptions } from "../greenlet.ts";
import { Group, Pool } from "../group.ts";
import type { Op } from "../op.ts";
import { KILLED } from "../raw_greenlet.ts";
import { routine } from "../routine.ts";
import { sleep } from "../sleep.ts";
import { spawnWith } from "../spawn.ts";

/** How long the acceptor rests after an error, in milliseconds: doubled each time, as in gevent. */
const MIN_REST = 10;
const MAX_REST = 1000;
/** How long handlers may go on after `stop`, in milliseconds, when nothing else is said; as in gevent. */
export const STOP_TIMEOUT = 1000;

/** Options of the servers. */
export interface ServerOptions {
  /** A pool to run handlers in, or how many of them at a time; default: as many as come. */
  spawn?: Pool | number;
}

/** The pool that an option `spawn` stands for. */
export function poolFor(spawn: Pool | number | undefined): Pool | undefined {
  return typeof spawn === "number" ? new Pool(spawn) : spawn;
}

/** A socket that somebody listens at. */
export interface ServerSocket {
  /** Its address as text. */
  readonly name: string;
  /** Its address. */
  readonly addr: Deno.Addr;
  /** Whether it was closed. */
  readonly closed: boolean;
  /** Closes it; again: no effect. */
  close(): void;
}

/** What came: a client or a message. */
export interface Work {
  /** The name of the greenlet that is to do it. */
  readonly name: string;
  /** What its handler is called with. */
  readonly args: unknown[];
  /** What to close in the end. */
  readonly connection: Disposable | null;
}

/** Does something at the end of a greenlet, even of one that was killed before it began. */
class AtEnd implements Link {
  before: Link | null = null;
  after: Link | null = null;
  constructor(readonly act: () => void) {}

  ended(): false {
    this.act();
    return false;
  }
}

/**
 * A server that runs a greenlet for whatever comes.
 *
 * @example A server of one's own
 * ```ts
 * import { type Coroutine, run } from "@tendril/tendril";
 * import {
 *   connect,
 *   type Connection,
 *   listen,
 *   type Listener,
 *   Server,
 *   type Work,
 * } from "@tendril/tendril/io";
 * import { assertEquals } from "@std/assert";
 *
 * class LocalServer extends Server<Listener> {
 *   protected override bind(): Listener {
 *     return listen({ hostname: "127.0.0.1", port: 0 });
 *   }
 *
 *   protected override *take(listener: Listener): Coroutine<Work> {
 *     const connection = yield* listener.accept();
 *     return { name: "serve a client", args: [connection], connection };
 *   }
 * }
 *
 * await run(function* () {
 *   const server = new LocalServer(function* (client: Connection) {
 *     yield* client.write(new Uint8Array([7]));
 *   }, { spawn: 10 });
 *   server.start();
 *   using connection = yield* connect({ port: server.port });
 *   const buffer = new Uint8Array(1);
 *   yield* connection.read(buffer);
 *   assertEquals(buffer[0], 7);
 *   yield* server.stop();
 * });
 * ```
 */
export abstract class Server<S extends ServerSocket> implements AsyncDisposable {
  readonly #handler: Runnable<unknown[], unknown>;
  readonly #pool: Pool | undefined;
  readonly #handlers: Group = new Group();
  readonly #end: Event = new Event();
  #socket: S | null = null;
  #acceptor: Greenlet<void> | null = null;
  #stopped = false;

  /**
   * Makes a server that does not listen yet.
   *
   * @throws {TypeError} If `handler` is no function.
   */
  constructor(handler: Runnable<never[], unknown>, options: ServerOptions) {
    if (typeof handler !== "function") throw notCallable("serve", handler);
    this.#handler = handler as Runnable<unknown[], unknown>;
    this.#pool = poolFor(options.spawn);
  }

  /** Begins to listen. */
  protected abstract bind(): S;

  /** Waits for what comes next. */
  protected abstract take(socket: S): Coroutine<Work>;

  /** The socket it listens at; null before the start. */
  protected get socket(): S | null {
    return this.#socket;
  }

  /**
   * Listens and begins to take what comes. Acts at the call; again: no effect.
   *
   * @throws {GreenletError} If it was stopped.
   * @throws {Deno.errors.AddrInUse} If the address is taken.
   */
  start(): void {
    if (this.#stopped) {
      throw new GreenletError(`Cannot start ${Deno.inspect(this)} again: make another server`);
    }
    if (this.#acceptor !== null) return;
    const socket = this.#socket = this.bind();
    this.#acceptor = spawnWith(
      { name: `accept ${socket.name}`, daemon: true },
      function* (server: Server<S>) {
        yield* server.#accept(socket);
      },
      this as Server<S>,
    );
    addLink(this.#acceptor, new AtEnd(() => this.#end.set()));
  }

  *#accept(socket: S): Coroutine<void> {
    let rest = MIN_REST;
    try {
      for (;;) {
        if (this.#pool !== undefined) yield* this.#pool.waitAvailable();
        const work = yield* this.#next(socket);
        if (work !== null) {
          rest = MIN_REST;
          yield* this.#begin(work);
        } else if (socket.closed) return;
        else {
          yield* sleep(rest);
          rest = Math.min(rest * 2, MAX_REST);
        }
      }
    } finally {
      socket.close();
    }
  }

  /** What comes next; null after an error of the host. */
  *#next(socket: S): Coroutine<Work | null> {
    try {
      return yield* this.take(socket);
    } catch (error) {
      if (getCurrent().flags & KILLED) throw error;
      return null;
    }
  }

  *#begin({ name, args, connection }: Work): Coroutine<void> {
    const greenlet = new Greenlet<unknown>(this.#handler, { name });
    try {
      // Somebody else who shares the pool may have been quicker.
      if (this.#pool !== undefined) yield* this.#pool.add(greenlet);
    } catch (error) {
      connection?.[Symbol.dispose]();
      throw error;
    }
    if (connection !== null) addLink(greenlet, new AtEnd(() => connection[Symbol.dispose]()));
    this.#handlers.add(greenlet);
    greenlet.start(...args);
  }

  /** Whether it takes what comes. */
  get started(): boolean {
    return this.#acceptor !== null && !this.#acceptor.dead;
  }

  /** Whether it was stopped. */
  get closed(): boolean {
    return this.#stopped;
  }

  /** Where it listens; `undefined` before the start. */
  get addr(): Deno.Addr | undefined {
    return this.#socket?.addr;
  }

  /**
   * The port it listens on.
   *
   * @throws {GreenletError} If it was not started, or listens at a path.
   */
  get port(): number {
    const { addr } = this;
    if (addr !== undefined && "port" in addr) return addr.port;
    const why = addr === undefined ? "call start() first" : "it listens at a path";
    throw new GreenletError(`Cannot tell the port of ${Deno.inspect(this)}: ${why}`);
  }

  /** How many handlers run. */
  get size(): number {
    return this.#handlers.size;
  }

  /**
   * Starts it and waits until it is stopped. When the greenlet that waits is killed or timed out, the
   * server is stopped first, as by `stop` with these options.
   */
  serveForever(options: WaitOptions = {}): Op<void> {
    return routine("serve for ever", serveUntilStopped<S>, this as Server<S>, this.#end, options);
  }

  /**
   * Takes nothing more, at the call. The Op waits until the handlers have ended, but only for `timeout`
   * milliseconds, 1,000 if not given; those that still run are killed then, and waited for.
   */
  stop(options: WaitOptions = {}): Op<void> {
    this.#stopped = true;
    this.#socket?.close();
    this.#acceptor?.requestKill(stopped());
    return routine("server stop", stopServer, this.#acceptor, this.#handlers, options);
  }

  /** Stops it at the end of an `await using` block. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** What `Deno.inspect` and `console.log` show. */
  [Symbol.for("Deno.customInspect")](): string {
    const where = this.#socket?.name ?? "not started";
    const state = this.#stopped ? " stopped" : "";
    return `<${this.constructor.name} ${where}${state} handlers=${this.size}>`;
  }
}

function stopped(): GreenletExit {
  return new GreenletExit("The server was stopped");
}

function* serveUntilStopped<S extends ServerSocket>(
  server: Server<S>,
  end: Event,
  options: WaitOptions,
): Coroutine<void> {
  server.start();
  try {
    yield* end.wait();
  } finally {
    yield* server.stop(options);
  }
}

function* stopServer(
  acceptor: Greenlet<void> | null,
  handlers: Group,
  { timeout = STOP_TIMEOUT }: WaitOptions,
): Coroutine<void> {
  if (acceptor === null) return;
  try {
    yield* acceptor.join();
    yield* handlers.join({ timeout });
  } finally {
    yield* handlers.kill(stopped());
  }
}
