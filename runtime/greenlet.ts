// Copyright 2026 the Tendril authors. MIT license.
/**
 * Greenlet: the explicit `switch` of greenlet (raw_greenlet.ts) and gevent's `start`, `get`, `join`,
 * `kill`, `link` in one class.
 *
 * Invariant: a kill is delivered by throwing, at most once unless forced. A greenlet killed before its
 * first step ends at the call, without running.
 *
 * @module
 */
import { notCallable, type Runnable } from "./body.ts";
import { checkDelay, show, type TimerEntry } from "./clock.ts";
import { callerSite, recordSites } from "./debug.ts";
import { GreenletError, GreenletExit } from "./errors.ts";
import { onKill, onSpawn } from "./events.ts";
import { families, type Family, mainFamily } from "./family.ts";
import {
  addLink,
  DEAD,
  enqueue,
  type Fiber,
  type Link,
  QUEUED,
  ready,
  removeLink,
  RUNNING,
  UNSTARTED,
} from "./fiber.ts";
import { timers } from "./hub.ts";
import { GetOp, JoinOp } from "./join.ts";
import { receiveInMain } from "./main_switch.ts";
import { current, type Op, type OpIterator } from "./op.ts";
import {
  ASKED,
  asyncCurrent,
  checkError,
  COUNTED,
  DAEMON,
  KILLED,
  RawGreenlet,
  STARTED,
} from "./raw_greenlet.ts";
import { limited, type TimeoutLike } from "./timeout.ts";

/** Options of a new greenlet. */
export interface GreenletOptions {
  /** Who gets control and outcome at the end; default: the greenlet that runs now. */
  parent?: Greenlet<unknown>;
  /** Shown in dumps and errors; default: "Greenlet-" and its id. */
  name?: string;
  /** Whether `run` may end without waiting for it; default: as the greenlet that makes it. */
  daemon?: boolean;
  /** Kills it when aborted. */
  signal?: AbortSignal;
  /** Its rank under the `priority` policy; higher runs first. */
  priority?: number;
  /** How much work it has, in any unit, for the `shortestJobFirst` policy; default: Infinity. */
  estimate?: number;
}

/** Options of the calls that wait. */
export interface WaitOptions {
  /** How long to wait, in milliseconds, or a Timeout; default: forever. */
  timeout?: TimeoutLike;
}

/** Called with the greenlet that ended, in a greenlet of its own. */
export type LinkCallback<T> = (greenlet: Greenlet<T>) => unknown;

/** A user's callback that stands in the ring of links. */
class CallbackLink<T> implements Link {
  before: Link | null = null;
  after: Link | null = null;
  constructor(readonly callback: LinkCallback<T>, readonly on: "end" | "value" | "exception") {}

  ended(fiber: Fiber): void {
    if (this.on !== "end" && (this.on === "exception") !== fiber.failing) return;
    const ended = fiber as Greenlet<unknown>;
    // It belongs to the run of the one that ended, which then waits for it.
    const family = families.has(ended.family) ? ended.family : mainFamily;
    const teller = new Greenlet(this.callback as Runnable<unknown[], unknown>, undefined, family);
    (ended.more.tellers ??= []).push(teller);
    teller.start(fiber);
  }
}

/**
 * A coroutine. `spawn` makes one that runs by itself; `new Greenlet(fn)` one that you switch to.
 *
 * @example Explicit switching
 * ```ts
 * import { Greenlet } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * const said: string[] = [];
 * const one: Greenlet = new Greenlet(function* () {
 *   said.push("one");
 *   yield* two.switch();
 *   said.push("one again");
 * });
 * const two: Greenlet = new Greenlet(function* () {
 *   said.push("two");
 *   yield* one.switch();
 * });
 * one.switch();
 * assertEquals(said, ["one", "two", "one again"]);
 * ```
 *
 * @typeParam T What the body returns.
 */
export class Greenlet<T = unknown> extends RawGreenlet<T> implements PromiseLike<T> {
  /**
   * Makes a greenlet that has not started.
   *
   * @param run The body; it may also be set later, before the start.
   * @param options Parent, name and the like.
   */
  // deno-lint-ignore no-explicit-any -- any arguments will do; `switch` and `start` bring them
  constructor(run?: Runnable<any[], T>, options?: GreenletOptions, family?: Family) {
    super(run, family);
    if (this.maker !== null && this.maker.extra !== null) inheritLocals(this.maker, this);
    if (options !== undefined) this.configure(options);
    if (recordSites) this.more.site = callerSite();
  }

  /** @internal */
  private configure(options: GreenletOptions): void {
    const { parent, name, daemon, signal, priority, estimate } = options;
    if (parent !== undefined) this.parent = parent;
    if (name !== undefined) this.name = name;
    if (daemon !== undefined) this.daemon = daemon;
    if (priority !== undefined) this.priority = priority;
    if (estimate !== undefined) this.estimate = estimate;
    if (signal === undefined) return;
    const kill = () =>
      this.requestKill(new GreenletExit(`${this.name} was aborted`, { cause: signal.reason }));
    if (signal.aborted) return kill();
    signal.addEventListener("abort", kill, { once: true });
    this.more.stopSignal = () => signal.removeEventListener("abort", kill);
  }

  /**
   * Who gets control and outcome at the end of a greenlet that was started by a switch.
   *
   * @throws {TypeError} If set to something else than a Greenlet.
   * @throws {RangeError} If set to itself or to a descendant.
   */
  get parent(): Greenlet<unknown> | null {
    return (this.up ?? mainGreenlet) as Greenlet<unknown>;
  }
  set parent(parent: Greenlet<unknown>) {
    if (!(parent instanceof Greenlet)) {
      throw new TypeError(
        `Cannot set the parent of ${this.name}: it must be a Greenlet, got ${show(parent)}`,
      );
    }
    for (let at: RawGreenlet<unknown> | null = parent; at !== null; at = at.up) {
      if (at === this) {
        throw new RangeError(
          `Cannot set the parent of ${this.name} to ${parent.name}: that would make a cycle`,
        );
      }
    }
    this.more.parent = parent === mainGreenlet ? null : parent;
  }

  /** Lets the hub run it with these arguments, behind those that are ready. Again: no effect. */
  start(...args: unknown[]): void {
    this.startWith(args);
  }

  /** {@linkcode Greenlet.start} with the arguments in an array. */
  startWith(args: unknown[]): void {
    if (this.state !== UNSTARTED || this.extra?.starter !== undefined) return;
    this.inbox = args;
    this.enter();
  }

  /**
   * Like {@linkcode Greenlet.start}, after `ms` milliseconds.
   *
   * @throws {RangeError} If `ms` is negative or NaN.
   */
  startLater(ms: number, ...args: unknown[]): void {
    checkDelay(`start ${this.name} later`, ms);
    if (this.state !== UNSTARTED || this.extra?.starter !== undefined) return;
    this.inbox = args;
    this.belong();
    const starter: TimerEntry = { index: -1, fire: () => this.enter() };
    this.more.starter = starter;
    this.enlist();
    timers.add(starter, ms);
  }

  /** @internal */
  private enter(): void {
    this.belong();
    this.state = QUEUED;
    enqueue(this);
  }

  /** From now on it belongs to the hub and is counted as living. */
  private belong(): void {
    if (this.flags & STARTED) return;
    this.flags |= STARTED;
    this.flags |= COUNTED;
    this.family.join(!(this.flags & DAEMON));
    if (onSpawn !== null) onSpawn(this);
  }

  /** Whether it was started and has not ended. */
  get started(): boolean {
    return this.state !== DEAD && (this.state !== UNSTARTED || this.extra?.starter !== undefined);
  }

  /** Whether it has ended. */
  get ready(): boolean {
    return this.state === DEAD;
  }

  /** Whether it ended without an error; being killed counts as success. */
  get successful(): boolean {
    this.flags |= ASKED;
    return this.state === DEAD && !this.failing;
  }

  /** Its result, or the `GreenletExit` that ended it; `undefined` before the end and after an error. */
  get value(): T | undefined {
    return this.state === DEAD && !this.failing ? this.inbox as T : undefined;
  }

  /** The error that ended it. */
  get exception(): unknown {
    this.flags |= ASKED;
    return this.state === DEAD && this.failing ? this.inbox : undefined;
  }

  /**
   * Waits for the end and gives the result, or throws the error that ended it, the same object.
   *
   * @throws {Timeout} If `timeout` is over first.
   */
  get(options?: WaitOptions): Op<T> {
    const op = new GetOp<T>(this);
    return options === undefined
      ? op
      : limited(op, `get the result of ${this.name}`, options.timeout);
  }

  /** Waits for the end; gives false when `timeout` was over first. Never throws its error. */
  join(options?: WaitOptions): Op<boolean> {
    const op = new JoinOp(this);
    return options === undefined
      ? op
      : limited(op, `join ${this.name}`, options.timeout, () => false);
  }

  /**
   * Ends it by raising `error` where it waits. Acts at the call; the Op waits for the end and gives
   * false when `timeout` was over first. Delivered once: a second kill only waits, unless `force`
   * asks for the error to be raised again, for instance in a `finally` block that hangs.
   *
   * @throws {TypeError} If `error` is no Error.
   */
  kill(
    error: Error = new GreenletExit(),
    options?: WaitOptions & { force?: boolean },
  ): Op<boolean> {
    checkError(`kill ${this.name}`, error);
    const ended = this.join(options);
    this.requestKill(error, options?.force);
    return ended;
  }

  /** The part of `kill` that acts at the call. */
  requestKill(error: Error = new GreenletExit(), force = false): void {
    if (this.state === DEAD || (this.flags & KILLED && !force)) return;
    this.flags |= KILLED;
    if (onKill !== null) onKill(this, error, current ?? asyncCurrent());
    this.interrupt(error);
    this.extra?.controller?.abort(error);
  }

  /** Calls `callback` with this greenlet, in a greenlet of its own, when it has ended. */
  link(callback: LinkCallback<T>): void {
    this.addCallback(callback, "end");
  }

  /** Like {@linkcode Greenlet.link}, only if it ends without an error. */
  linkValue(callback: LinkCallback<T>): void {
    this.addCallback(callback, "value");
  }

  /** Like {@linkcode Greenlet.link}, only if an error ends it. */
  linkException(callback: LinkCallback<T>): void {
    this.addCallback(callback, "exception");
  }

  /** @internal */
  private addCallback(callback: LinkCallback<T>, on: "end" | "value" | "exception"): void {
    if (typeof callback !== "function") throw notCallable(`link to ${this.name}`, callback);
    const link = new CallbackLink(callback, on);
    if (this.state !== DEAD) return addLink(this, link);
    this.observed = true;
    link.ended(this);
  }

  /** Takes back a callback given to any of the link methods; harmless when there is none. */
  unlink(callback: LinkCallback<T>): void {
    const head = this.links;
    let at = head;
    while (at !== null) {
      if (at instanceof CallbackLink && at.callback === callback) return removeLink(this, at);
      at = at.after === head ? null : at.after;
    }
    // It has ended, but the callback may not have had its turn yet.
    const due = (each: RawGreenlet<unknown>) => each.state === QUEUED && each.body === callback;
    (this.extra?.tellers?.find(due) as Greenlet<unknown> | undefined)?.requestKill();
  }

  /**
   * Whether `run` may end without waiting for it.
   *
   * @throws {GreenletError} If it is set after the start.
   */
  get daemon(): boolean {
    return (this.flags & DAEMON) !== 0;
  }
  set daemon(daemon: boolean) {
    if (this.flags & STARTED) {
      throw new GreenletError(
        `Cannot set daemon of ${this.name}: it was started; pass { daemon } to spawnWith`,
      );
    }
    this.flags = daemon ? this.flags | DAEMON : this.flags & ~DAEMON;
  }

  /**
   * Its rank under the `priority` policy; a new one holds from the next time it becomes ready.
   *
   * @throws {TypeError} If it is set to something else than a number, or to NaN.
   */
  get priority(): number {
    return this.extra?.priority ?? 0;
  }
  set priority(priority: number) {
    this.more.priority = checkRank("priority", this, priority);
  }

  /**
   * How much work it has left, for the `shortestJobFirst` policy, as its body estimates it; Infinity is
   * unknown. A new one holds from the next time it becomes ready.
   *
   * @throws {TypeError} If it is set to something else than a number, or to NaN.
   */
  get estimate(): number {
    return this.extra?.estimate ?? Infinity;
  }
  set estimate(estimate: number) {
    this.more.estimate = checkRank("estimate", this, estimate);
  }

  /** The greenlet that made it, `null` for the main program and after its own end. */
  get spawningGreenlet(): Greenlet<unknown> | null {
    return this.maker as Greenlet<unknown> | null;
  }

  /** An AbortSignal that is aborted when this greenlet is killed; made when first read. */
  get signal(): AbortSignal {
    const more = this.more;
    if (more.controller === undefined) {
      more.controller = new AbortController();
      if (this.flags & KILLED) more.controller.abort(new GreenletExit(`${this.name} was killed`));
    }
    return more.controller.signal;
  }

  /** Where it was made, recorded in debug mode. */
  get spawnSite(): string | undefined {
    return this.extra?.site;
  }

  /** Lets `await` give its result. */
  then<A = T, B = never>(
    onfulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onrejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.get().then(onfulfilled, onrejected);
  }

  /** Lets `yield*` give its result. */
  [Symbol.iterator](): OpIterator<T> {
    return this.get()[Symbol.iterator]();
  }
}

/** Checks what a policy ranks greenlets by. */
function checkRank(what: string, greenlet: Greenlet<unknown>, rank: number): number {
  if (typeof rank === "number" && !Number.isNaN(rank)) return rank;
  throw new TypeError(
    `Cannot set ${what} of ${greenlet.name}: it must be a number, got ${show(rank)}`,
  );
}

class MainGreenlet extends Greenlet<unknown> {
  constructor() {
    super(undefined, { name: "main" });
    this.state = RUNNING;
  }

  override get parent(): null {
    return null;
  }
  override set parent(_parent: Greenlet<unknown>) {
    throw new GreenletError("Cannot set the parent of main: it is the root of all greenlets");
  }

  override get active(): boolean {
    return true;
  }

  override requestKill(_error?: Error): void {
    throw new GreenletError(
      "Cannot kill main: it is the program itself; throw an error or call Deno.exit()",
    );
  }

  override startWith(): void {
    throw new GreenletError("Cannot start main: it is running already");
  }

  override startLater(): void {
    this.startWith();
  }

  override receive(value: unknown, fails: boolean, from: Fiber | null): Fiber | null {
    return receiveInMain(value, fails, from);
  }
}

/**
 * The program outside any greenlet: the parent of all, and what `getCurrent` gives there.
 *
 * @example Usage
 * ```ts
 * import { getCurrent, Greenlet, mainGreenlet } from "@tendril/tendril";
 * import { assertStrictEquals } from "@std/assert";
 *
 * assertStrictEquals(getCurrent(), mainGreenlet);
 * const cook = new Greenlet(function* () {});
 * assertStrictEquals(cook.parent, mainGreenlet);
 * ```
 */
export const mainGreenlet: Greenlet<unknown> = new MainGreenlet();

/**
 * The greenlet that runs at this moment, in generators and async functions alike.
 *
 * @example Usage
 * ```ts
 * import { getCurrent, run, spawnWith } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   const cook = spawnWith({ name: "cook" }, () => `I am ${getCurrent().name}`);
 *   assertEquals(yield* cook, "I am cook");
 * });
 * ```
 */
export function getCurrent(): Greenlet<unknown> {
  return current !== null
    ? current as Greenlet<unknown>
    : (asyncCurrent() ?? mainGreenlet) as Greenlet<unknown>;
}

/** The living greenlets of a family, oldest first. */
export function living(family: Family): Greenlet<unknown>[] {
  const found = new Set(family.listed() as Greenlet<unknown>[]);
  for (const fiber of ready.waiting() as Greenlet<unknown>[]) {
    if (fiber.family === family && fiber.state !== DEAD) found.add(fiber);
  }
  const running = current as Greenlet<unknown> | null; // or it has just ended
  if (running !== null && running.family === family && running.state !== DEAD) found.add(running);
  return [...found].sort((a, b) => a.id - b.id);
}

/** Copies the values of the locals that a new greenlet inherits. */
function inheritLocals(maker: RawGreenlet<unknown>, made: RawGreenlet<unknown>): void {
  const locals = maker.locals;
  if (locals === undefined) return;
  for (const [local, value] of locals) {
    if (!(local as { inherit: boolean }).inherit) continue;
    (made.locals ??= new Map()).set(local, value);
  }
}
