// Copyright 2026 the Tendril authors. MIT license.
/**
 * The way of a call from a proxy to what its manager keeps, and back.
 *
 * Invariants:
 * - The isolate that made a manager serves it, and calls its models directly. Any other has one link to
 *   it, with one port, however many proxies it got.
 * - No port keeps a process alive; a call that waits does.
 * - Who waits for an answer stands at the link's gate, and so learns that the manager was shut down or
 *   that the isolate that serves it has died.
 * - What a call gives and takes is copied, in the isolate that serves it, too.
 *
 * @module
 */
import { DONE as RESULT, type Waiter } from "../../op.ts";
import { Gate, GATE_WORDS, GateOp } from "./gate.ts";
import {
  handleOf,
  keyOfToken,
  SharedHandle,
  type SharedOptions,
  TOKEN,
  type Token,
} from "./handle.ts";
import { type Model, perform } from "./models.ts";
import { pack, unpack } from "./transport.ts";

const SERVER = 2;
const CLOSED = 3;
const GATE = 4;
const WORDS = GATE + GATE_WORDS;

/**
 * The manager was shut down, or the worker that serves it has died.
 *
 * @example Usage
 * ```ts
 * import { Manager, ManagerClosedError } from "@tendril/tendril/parallel";
 * import { assertRejects } from "@std/assert";
 *
 * const manager = new Manager();
 * const scores = manager.dict<string, number>();
 * manager.shutdown();
 * await assertRejects(async () => await scores.get("Ann"), ManagerClosedError);
 * ```
 */
export class ManagerClosedError extends Error {
  /** The class name, so that logs and serialised errors show it. */
  override name = "ManagerClosedError";
}

/** A call on its way. */
interface Request {
  readonly id: number;
  readonly model: number;
  readonly method: string;
  readonly args: unknown;
}

/** What came of it. */
interface Response {
  readonly id: number;
  readonly failed: boolean;
  readonly outcome: unknown;
}

/** Asks the serving isolate to serve one more port. */
interface Introduction {
  readonly port: MessagePort;
}

/** Tells the serving isolate who is at the other end of a port: an id, or 0 when nobody will be. */
interface Greeting {
  readonly isolate: number;
}

/** This isolate's link to a manager. */
export class ManagerLink extends SharedHandle {
  /** Where those wait who have made a call. */
  readonly gate: Gate;
  readonly #models = new Map<number, Model>();
  readonly #calls = new Map<number, Call<unknown>>();
  /** The ports, and who is at the other end of each; 0 while that is not known. */
  readonly #ports = new Map<MessagePort, number>();
  /** The way to the isolate that serves it; `null` in that isolate. */
  readonly #port: MessagePort | null;
  #last = 0;

  /** Makes the link of a new manager, or one to a manager of another isolate over `port`. */
  constructor(options: SharedOptions, port: MessagePort | null = null) {
    super(WORDS, options);
    this.gate = new Gate(this.cells, GATE);
    this.#port = port;
    if (this.fresh) this.cells[SERVER] = this.self;
    if (port === null) return;
    this.#listen(port, (answer) => this.#answered(answer as Response));
    port.postMessage({ isolate: this.self } satisfies Greeting);
  }

  /** The link that came with a token; the port in it is closed if there is one already. */
  static of(token: Token, port: MessagePort): ManagerLink {
    const link = handleOf(keyOfToken(token), () => new ManagerLink(token, port));
    if (link.#port === port) return link;
    port.postMessage({ isolate: 0 } satisfies Greeting);
    port.close();
    return link;
  }

  /** @internal */
  get kind(): string {
    return "Manager";
  }

  /** Whether this isolate serves it. */
  get here(): boolean {
    return this.#port === null;
  }

  /** Whether nobody serves it any more. */
  get closed(): boolean {
    return Atomics.load(this.cells, CLOSED) !== 0 ||
      !this.membership.roll.alive(this.cells[SERVER]!);
  }

  /**
   * Refuses a call if nobody serves the manager any more; then the link is of no use.
   *
   * @throws {ManagerClosedError} If so.
   */
  checkOpen(): void {
    if (!this.closed) return;
    for (const port of this.#ports.keys()) this.#hangUp(port);
    const why = Atomics.load(this.cells, CLOSED) !== 0
      ? "it was shut down"
      : `worker "${this.membership.roll.name(this.cells[SERVER]!)}" died, which served it`;
    throw new ManagerClosedError(`Cannot call ${Deno.inspect(this)}: ${why}`);
  }

  /** How many other isolates are linked to it. */
  get clients(): number {
    this.#closePortsOfTheDead();
    return this.#ports.size;
  }

  #closePortsOfTheDead(): void {
    for (const [port, id] of this.#ports) {
      if (id !== 0 && !this.membership.roll.alive(id)) this.#hangUp(port);
    }
  }

  #hangUp(port: MessagePort): void {
    port.close();
    this.#ports.delete(port);
  }

  #listen(port: MessagePort, receive: (data: unknown) => void): void {
    port.onmessage = ({ data }) => receive(data);
    (port as MessagePort & { unref(): void }).unref();
    this.#ports.set(port, 0);
  }

  /** Keeps a model and gives its number. */
  keep(model: Model): number {
    this.#models.set(++this.#last, model);
    return this.#last;
  }

  /** A token of this link for another isolate, and the port that goes with it. */
  introduce(transfer: Transferable[]): { token: Token; port: MessagePort } {
    this.#closePortsOfTheDead();
    const { port1, port2 } = new MessageChannel();
    if (this.#port === null) this.#serve(port1);
    else this.#port.postMessage({ port: port1 } satisfies Introduction, [port1]);
    transfer.push(port2);
    return { token: this[TOKEN](transfer), port: port2 };
  }

  #serve(port: MessagePort): void {
    this.#listen(port, (data) => {
      const message = data as Introduction | Greeting | Request;
      if ("port" in message) this.#serve(message.port);
      else if (!("isolate" in message)) this.#answer(port, message);
      else if (message.isolate === 0) this.#hangUp(port);
      else this.#ports.set(port, message.isolate);
    });
  }

  #answer(port: MessagePort, { id, model, method, args }: Request): void {
    const transfer: Transferable[] = [];
    try {
      const value = this.#perform(model, method, unpack(args) as unknown[]);
      const outcome = pack(value, transfer);
      port.postMessage({ id, failed: false, outcome } satisfies Response, transfer);
    } catch (error) {
      port.postMessage({ id, failed: true, outcome: error } satisfies Response);
    }
  }

  #perform(model: number, method: string, args: unknown[]): unknown {
    this.checkOpen();
    return perform(this.#models.get(model)!, method, args);
  }

  /** Calls a method in this isolate, which serves it. */
  callHere(model: number, method: string, args: unknown[]): unknown {
    return copy(this.#perform(model, method, copy(args) as unknown[]));
  }

  /** Sends a call to the isolate that serves it. */
  send(call: Call<unknown>): void {
    const transfer: Transferable[] = [];
    const id = ++this.#last;
    const { model, method } = call;
    const request: Request = { id, model, method, args: pack(call.args, transfer) };
    this.#port!.postMessage(request, transfer);
    call.id = id;
    this.#calls.set(id, call);
  }

  /** The answer to a call is not wanted any more. */
  forget(id: number): void {
    this.#calls.delete(id);
  }

  #answered({ id, failed, outcome }: Response): void {
    const call = this.#calls.get(id);
    this.#calls.delete(id);
    try {
      // Unpacked also when nobody wants it, so that ports that came along are closed.
      const value = unpack(outcome);
      call?.settle(failed, value);
    } catch (error) {
      call?.settle(true, error);
    }
  }

  /** Nothing can be called any more, from wherever. */
  close(): void {
    Atomics.store(this.cells, CLOSED, 1);
    for (const port of this.#ports.keys()) this.#hangUp(port);
    this.#models.clear();
    this.gate.signal(Infinity);
  }

  /** What `Deno.inspect` and `console.log` show. */
  [Symbol.for("Deno.customInspect")](): string {
    const name = this.name === undefined ? "" : ` ${JSON.stringify(this.name)}`;
    return `<Manager${name}${this.closed ? " closed" : ""}>`;
  }
}

/** Gives what another isolate would get. */
export function copy(value: unknown): unknown {
  const transfer: Transferable[] = [];
  const packed = pack(value, transfer);
  return unpack(structuredClone(packed, { transfer }));
}

/** Calls a method of what a manager keeps. */
export class Call<T> extends GateOp<T> {
  /** Tells the answer from others. */
  id = 0;

  /** Makes a fresh Op. */
  constructor(
    readonly link: ManagerLink,
    readonly model: number,
    readonly method: string,
    readonly args: unknown[],
    readonly proxy: object,
  ) {
    super(link.gate);
  }

  /** Shown in dumps. */
  get reason(): string {
    return `manager ${this.method}`;
  }

  /** What it is called on. */
  override get subject(): unknown {
    return this.proxy;
  }

  /** Done at once where the manager is served. */
  override poll(): IteratorReturnResult<T> | null {
    const { link } = this;
    link.checkOpen();
    if (!link.here) return null;
    RESULT.value = link.callHere(this.model, this.method, this.args);
    return RESULT;
  }

  /** Sends the call and waits for the answer. */
  override park(waiter: Waiter): void {
    try {
      this.link.send(this as Call<unknown>);
    } catch (error) {
      return waiter.fail(error);
    }
    super.park(waiter);
  }

  /** Looks whether an answer can still come. */
  attempt(): null {
    if (this.link.closed) this.link.forget(this.id);
    this.link.checkOpen();
    return null;
  }

  /** The answer has come. */
  settle(failed: boolean, outcome: unknown): void {
    const waiter = this.quit();
    if (failed) waiter.fail(outcome);
    else waiter.wake(outcome);
  }

  /** The answer is not wanted any more; the call may have been done. */
  override cancel(): void {
    super.cancel();
    this.link.forget(this.id);
  }
}
