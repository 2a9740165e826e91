// Copyright 2026 the Tendril authors. MIT license.
/**
 * Greenlet: one class with two faces, greenlet's explicit `switch` and gevent's `start`, `get`,
 * `join`, `kill`, `link`.
 *
 * Invariants:
 * - Started by `start`, a greenlet belongs to the hub: its end is told to links, and control goes
 *   back to the hub. Started by a switch, its end gives control and outcome to its parent.
 * - A kill is delivered by throwing, at most once unless forced. A greenlet killed before its first
 *   step ends at the call, without running.
 * - After the end `inbox` is the outcome and `failing` tells whether that is an error.
 *
 * @module
 */
import { AsyncFrame, currentFrame } from "./async_frame.ts";
import { checkDelay, show, type TimerEntry } from "./clock.ts";
import { callerSite, recordSites } from "./debug.ts";
import { GreenletError, GreenletExit, InvalidSwitchError } from "./errors.ts";
import { families, type Family, mainFamily, type Member } from "./family.ts";
import {
  addLink,
  arrive,
  ASYNC,
  type Body,
  DEAD,
  enqueue,
  Fiber,
  FiberExtra,
  handOver,
  type Interrupt,
  type Link,
  QUEUED,
  READY,
  ready,
  removeLink,
  RUNNING,
  SWITCHED,
  UNSTARTED,
} from "./fiber.ts";
import { timers } from "./hub.ts";
import { GetOp, JoinOp } from "./join.ts";
import { mainAwaits, receiveInMain, switchFromMain, tellMain } from "./main_switch.ts";
import { current, FINISHED, FRESH, Op, type OpIterator, setCurrent, type Waiter } from "./op.ts";
import { reportLater } from "./report.ts";
import { type AsyncSwitcher, setSwitcherLookup, type Switch, SwitchOp } from "./switch.ts";
import { limited, setCurrentLookup, type TimeoutLike } from "./timeout.ts";

/**
 * What a greenlet's generator function returns; `T` is its result.
 *
 * What comes back from a `yield` has the type of the Op that was yielded, not one for the whole body.
 */
// deno-lint-ignore no-explicit-any -- see above
export type Coroutine<T = void> = Generator<unknown, T, any>;

/** A function a greenlet can run: a generator function, an async one, or a plain one. */
export type Runnable<A extends unknown[], T> = (...args: A) => Coroutine<T> | PromiseLike<T> | T;

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
}

/** Options of the calls that wait. */
export interface WaitOptions {
  /** How long to wait, in milliseconds, or a Timeout; default: forever. */
  timeout?: TimeoutLike;
}

/** Called with the greenlet that ended, in a greenlet of its own. */
export type LinkCallback<T> = (greenlet: Greenlet<T>) => unknown;

// Bits of `flags`.
const DAEMON = 1;
const STARTED = 2;
const OBSERVED = 4;
const KILLED = 8;
const COUNTED = 16;
const LISTED = 32;

/**
 * What only few greenlets have.
 *
 * @internal
 */
class Extra extends FiberExtra {
  /** A parent that was given, other than the greenlet that made this one. */
  parent: Greenlet<unknown> | null | undefined = undefined;
  name: string | undefined = undefined;
  priority = 0;
  site: string | undefined = undefined;
  locals: Map<object, unknown> | undefined = undefined;
  controller: AbortController | undefined = undefined;
  stopSignal: (() => void) | undefined = undefined;
  starter: TimerEntry | undefined = undefined;
  /** The call of its body, when that is no generator function. */
  frame: AsyncFrame | undefined = undefined;
  /** The greenlets that tell links of its end, to be called off by `unlink`. */
  tellers: Greenlet<unknown>[] | undefined = undefined;
}

const GeneratorFunctionPrototype = Object.getPrototypeOf(function* () {});

const NO_ARGS: unknown[] = [];
let lastId = 0;

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
export class Greenlet<T = unknown> extends Fiber implements PromiseLike<T>, AsyncSwitcher, Member {
  /** A number no other greenlet of this isolate has. */
  declare readonly id: number;
  /** The family its life is counted in; see family.ts. */
  declare readonly family: Family;
  /** The neighbours in the family's list of the living. */
  declare younger: Member | null;
  /** The neighbours in the family's list of the living. */
  declare older: Member | null;
  // `private`, not `#`: private names are set up like field initialisers, see op.ts.
  declare private flags: number;
  /** @internal */
  declare extra: Extra | null;
  declare private body: Runnable<unknown[], unknown> | null;
  declare private maker: Greenlet<unknown> | null;

  /**
   * Makes a greenlet that has not started.
   *
   * @param run The body; it may also be set later, before the start.
   * @param options Parent, name and the like.
   */
  // deno-lint-ignore no-explicit-any -- any arguments will do; `switch` and `start` bring them
  constructor(run?: Runnable<any[], T>, options?: GreenletOptions, family?: Family) {
    super(NO_ARGS);
    if (run !== undefined && typeof run !== "function") {
      throw notCallable("make a Greenlet of", run);
    }
    const maker = current !== null ? current as Greenlet<unknown> : asyncCurrent();
    this.id = ++lastId;
    this.body = (run as Runnable<unknown[], unknown>) ?? null;
    this.maker = maker;
    this.family = family ?? (maker === null ? mainFamily : maker.family);
    this.younger = this.older = null;
    this.flags = maker === null ? 0 : maker.flags & DAEMON;
    if (maker !== null && maker.extra !== null) inheritLocals(maker, this);
    if (options !== undefined) this.configure(options);
    if (recordSites) this.more.site = callerSite();
  }

  /** @internal */
  private configure(options: GreenletOptions): void {
    const { parent, name, daemon, signal, priority } = options;
    if (parent !== undefined) this.parent = parent;
    if (name !== undefined) this.name = name;
    if (daemon !== undefined) this.daemon = daemon;
    if (priority !== undefined) this.more.priority = priority;
    if (signal === undefined) return;
    const kill = () =>
      this.requestKill(new GreenletExit(`${this.name} was aborted`, { cause: signal.reason }));
    if (signal.aborted) return kill();
    signal.addEventListener("abort", kill, { once: true });
    this.more.stopSignal = () => signal.removeEventListener("abort", kill);
  }

  /** @internal */
  get more(): Extra {
    return this.extra ??= new Extra();
  }

  // ---- the greenlet face ----------------------------------------------------------------------

  /**
   * Gives control to this greenlet. The values arrive as its arguments when it is yet to start, else
   * as the result of its own `switch`: none is `undefined`, one is itself, many are an array. The
   * result is whatever anybody later sends to the caller.
   *
   * Outside any greenlet it acts at the call and runs until control comes back.
   */
  // What comes back depends on who sends it, so its type is the caller's claim.
  // deno-lint-ignore no-explicit-any
  switch<R = any>(...values: unknown[]): Switch<R> {
    if (current === null && asyncCurrent() === null) return switchFromMain(this, values, false);
    // One that is yet to start gets its arguments as they are, `undefined` included.
    if (values.length > 1 || this.state <= QUEUED) {
      return new SwitchOp<R>(this, values, false, false);
    }
    // A used Op to the same target serves again: a young object that an old generator holds across
    // a suspension costs the write barrier more than the rest of the switch.
    const used = this.extra === null ? null : this.extra.spare as SwitchOp<R> | null;
    if (used === null) return this.more.spare = new SwitchOp<R>(this, values[0], true, false);
    if (used.stage !== FINISHED) return new SwitchOp<R>(this, values[0], true, false);
    used.stage = FRESH;
    used.payload = values[0];
    return used;
  }

  /**
   * Like {@linkcode Greenlet.switch}, but raises `error` in this greenlet. One that has not started
   * dies without running; in a dead one the error is raised in its nearest living ancestor. A
   * `GreenletExit` that nobody catches is returned to the parent instead of raised.
   *
   * @throws {TypeError} If `error` is no Error.
   */
  // deno-lint-ignore no-explicit-any -- as in switch
  throw<R = any>(error: Error = new GreenletExit()): Switch<R> {
    checkError(`throw into ${this.name}`, error);
    if (current === null && asyncCurrent() === null) return switchFromMain(this, error, true);
    return new SwitchOp<R>(this, error, false, true);
  }

  /**
   * Who gets control and outcome at the end of a greenlet that was started by a switch.
   *
   * @throws {TypeError} If set to something else than a Greenlet.
   * @throws {RangeError} If set to itself or to a descendant.
   */
  get parent(): Greenlet<unknown> | null {
    return this.up ?? mainGreenlet;
  }
  set parent(parent: Greenlet<unknown>) {
    if (!(parent instanceof Greenlet)) {
      throw new TypeError(
        `Cannot set the parent of ${this.name}: it must be a Greenlet, got ${show(parent)}`,
      );
    }
    for (let at: Greenlet<unknown> | null = parent; at !== null; at = at.up) {
      if (at === this) {
        throw new RangeError(
          `Cannot set the parent of ${this.name} to ${parent.name}: that would make a cycle`,
        );
      }
    }
    this.more.parent = parent === mainGreenlet ? null : parent;
  }

  /**
   * The parent, `null` for main. A parent that was given stays; else it is the greenlet that made this
   * one, unless the hub runs it.
   *
   * @internal
   */
  get up(): Greenlet<unknown> | null {
    if (this.extra !== null && this.extra.parent !== undefined) return this.extra.parent;
    return this.flags & STARTED ? null : this.maker;
  }

  /** Whether it has ended. */
  get dead(): boolean {
    return this.state === DEAD;
  }

  /** Whether it has started and not ended. */
  get active(): boolean {
    return this.state > QUEUED && this.state < DEAD;
  }

  /**
   * The body; it can be replaced until it starts.
   *
   * @throws {GreenletError} If it is set after the start.
   */
  // deno-lint-ignore no-explicit-any -- any arguments will do
  get run(): Runnable<any[], T> | undefined {
    return this.state > QUEUED
      ? undefined
      : (this.body ?? undefined) as Runnable<unknown[], T> | undefined;
  }
  // deno-lint-ignore no-explicit-any -- any arguments will do
  set run(run: Runnable<any[], T>) {
    if (this.state > QUEUED) {
      throw new GreenletError(`Cannot set run of ${this.name}: it is ${this.describeState()}`);
    }
    if (typeof run !== "function") throw notCallable("make a Greenlet of", run);
    this.body = run as Runnable<unknown[], unknown>;
  }

  // ---- the gevent face ------------------------------------------------------------------------

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
    return this.state === DEAD && !this.failing;
  }

  /** Its result, or the `GreenletExit` that ended it; `undefined` before the end and after an error. */
  get value(): T | undefined {
    return this.successful ? this.inbox as T : undefined;
  }

  /** The error that ended it. */
  get exception(): unknown {
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
    const due = (each: Greenlet<unknown>) => each.state === QUEUED && each.body === callback;
    this.extra?.tellers?.find(due)?.requestKill();
  }

  /** Shown in dumps and errors; default: "Greenlet-" and its id. */
  get name(): string {
    return this.extra?.name ?? `Greenlet-${this.id}`;
  }
  set name(name: string) {
    this.more.name = name;
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

  /** Its rank under the `priority` policy. */
  get priority(): number {
    return this.extra?.priority ?? 0;
  }
  set priority(priority: number) {
    this.more.priority = priority;
  }

  /** The greenlet that made it, `null` for the main program and after its own end. */
  get spawningGreenlet(): Greenlet<unknown> | null {
    return this.maker;
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

  /** What `Deno.inspect` and `console.log` show. */
  [Symbol.for("Deno.customInspect")](): string {
    const task = this.body?.name ? ` ${this.body.name}` : "";
    const kind = this.constructor.name === "Greenlet" && this.name.startsWith("Greenlet-")
      ? ""
      : "Greenlet ";
    return `<${kind}${this.name}${task} ${this.describeState()}>`;
  }

  /** Its state in words. */
  describeState(): string {
    switch (this.state) {
      case UNSTARTED:
        return this.extra?.starter === undefined ? "pending" : "starting later";
      case QUEUED:
      case READY:
        return "ready";
      case RUNNING:
        return "running";
      case ASYNC:
        return "in an async function";
      case DEAD:
        return this.failing ? "failed" : "dead";
      default:
        return "suspended";
    }
  }

  // ---- what the scheduler calls ---------------------------------------------------------------

  /** The values of GreenletLocals, made when first written. */
  get locals(): Map<object, unknown> | undefined {
    return this.extra?.locals;
  }
  set locals(locals: Map<object, unknown>) {
    this.more.locals = locals;
  }

  /** What it waits for: the Op it is parked in, or those its async body awaits. */
  get waits(): Op<unknown>[] {
    if (this.wait !== null) return [this.wait];
    return this.extra?.frame === undefined
      ? []
      : Array.from(this.extra.frame.awaits, (waiter) => waiter.op);
  }

  /** Whether somebody has seen how it ended, so that an error needs no report. */
  get observed(): boolean {
    return (this.flags & OBSERVED) !== 0;
  }
  set observed(_seen: boolean) {
    this.flags |= OBSERVED;
  }

  /** Calls the body. */
  begin(): Body | null {
    const { body } = this;
    const args = this.inbox as unknown[];
    if (body === null) {
      throw new GreenletError(
        `Cannot start ${this.name}: it has no run function; give one to its constructor`,
      );
    }
    this.inbox = undefined;
    if (!(this.flags & COUNTED) && this.family !== mainFamily) {
      // Started by a switch: the run does not wait for it, but ends it at its own end.
      this.flags |= COUNTED;
      this.family.join(false);
    }
    if (isGeneratorFunction(body)) return callBody(body, args);
    return this.beginOther(body, args);
  }

  /** Runs a body that is no generator function, so that `getCurrent` holds across its awaits. */
  private beginOther(body: Runnable<unknown[], unknown>, args: unknown[]): Body | null {
    const frame = new AsyncFrame(this, true);
    let result: unknown;
    try {
      result = frame.run(() => body(...args));
      if (isThenable(result) && !(result instanceof Op)) {
        this.state = ASYNC;
        this.more.frame = frame;
        result.then((value) => this.settle(false, value), (error) => this.settle(true, error));
        return null;
      }
    } finally {
      if (this.state !== ASYNC) frame.close();
    }
    if (isGenerator(result)) return result;
    if (result instanceof Op) return opBody(result);
    this.inbox = result;
    return null;
  }

  /** @internal */
  private settle(failed: boolean, outcome: unknown): void {
    this.extra!.frame!.close();
    handOver(this.end(failed, outcome));
  }

  /** Raises it at every Op the async body awaits, or at the next. */
  interruptAsync(interrupt: Interrupt): void {
    if (!this.extra!.frame!.interrupt(interrupt.error)) (this.interrupts ??= []).push(interrupt);
  }

  /** Part of `AsyncSwitcher`. */
  expectSwitch(waiter: Waiter | null): this {
    this.extra!.frame!.switchWaiter = waiter;
    return this;
  }

  /** It suspends, or waits for its time to start: whoever ends the run has to find it. */
  enlist(): void {
    if (!(this.flags & COUNTED) || this.flags & LISTED) return;
    this.flags |= LISTED;
    this.family.list(this);
  }

  /** The body is over, or never ran: tells everybody and gives control on. */
  end(failed: boolean, outcome: unknown): Fiber | null {
    if (failed && outcome instanceof GreenletExit) failed = false;
    this.state = DEAD;
    this.failing = failed;
    this.inbox = outcome;
    this.gen = this.wait = this.interrupts = null;
    // A chain of greenlets that each made the next must not keep the dead alive.
    if (this.flags & STARTED) this.maker = null;
    if (this.extra !== null) this.dropExtra(this.extra);
    if (this.links !== null) this.tell();
    if (this.flags & LISTED) this.family.unlist(this);
    // First the report: the run that ends with this greenlet sees to it that it is made.
    if (failed && (this.flags & (STARTED | OBSERVED)) === STARTED) reportLater(this);
    if (this.flags & COUNTED) this.family.leave((this.flags & (STARTED | DAEMON)) === STARTED);
    if (this.flags & STARTED && this.up === null) {
      if (mainAwaits()) tellMain(outcome, failed, this);
      return null;
    }
    return this.toParent();
  }

  /** @internal */
  private dropExtra(extra: Extra): void {
    if (extra.starter !== undefined) timers.cancel(extra.starter);
    extra.stopSignal?.();
    extra.locals = extra.starter = extra.stopSignal = undefined;
    extra.frames = extra.spare = null;
  }

  /** @internal */
  private tell(): void {
    this.observed = true;
    const running = current; // another one, when this one is killed before it ran
    setCurrent(null);
    for (let link = this.links; link !== null; link = this.links) {
      removeLink(this, link);
      link.ended(this);
    }
    if (running !== this) setCurrent(running);
  }

  /** @internal */
  private toParent(): Fiber | null {
    let to: Greenlet<unknown> | null = this.up;
    while (to !== null && to.state === DEAD) to = to.up;
    const { failing, inbox } = this;
    if (to === null) return receiveInMain(inbox, failing, this);
    if (to.state === SWITCHED) return arrive(to, inbox, failing);
    // A kill is the killer's doing, and a parent that does not wait for this one needs no word of it.
    if (this.flags & KILLED) return null;
    return to.receive(
      to.state === UNSTARTED && !failing ? (to.inbox = [inbox], undefined) : inbox,
      failing,
      null,
    );
  }

  /** Takes a switch that finds this greenlet in another state than switched out. */
  receive(value: unknown, fails: boolean, from: Fiber | null): Fiber | null {
    switch (this.state) {
      case SWITCHED:
        return arrive(this, value, fails);
      case QUEUED:
      case UNSTARTED:
        return this.startBySwitch(value, fails, from);
      case DEAD:
        return this.receiveDead(value, fails && !(value instanceof GreenletExit), from);
      case ASYNC: {
        const waiter = this.extra!.frame!.switchWaiter;
        if (!waiter) break;
        this.expectSwitch(null);
        if (fails) waiter.fail(value);
        else waiter.wake(value);
        return null;
      }
    }
    this.interrupt(fails ? value : this.strayed());
    // The hub owns the target, so control goes back to it, and the caller takes its turn.
    if (from !== null && from.state === SWITCHED) from.wake(undefined);
    return null;
  }

  /** What is sent to a dead greenlet arrives at its nearest living ancestor. */
  private receiveDead(value: unknown, fails: boolean, from: Fiber | null): Fiber | null {
    let to: Greenlet<unknown> | null = this.up;
    while (to !== null && to.state === DEAD) to = to.up;
    if (to !== null) {
      if (to.state === UNSTARTED && !fails) to.inbox = [value];
      return to.receive(value, fails, from);
    }
    // The parent is main. When main waits for nothing the hub has control, and the caller goes on.
    return mainAwaits() || from === null
      ? receiveInMain(value, fails, from)
      : arrive(from, value, fails);
  }

  /** @internal */
  private startBySwitch(value: unknown, fails: boolean, from: Fiber | null): Fiber | null {
    if (fails) {
      const next = this.end(true, value);
      // One that the hub was to start gives control back to it, and the caller takes its turn.
      if (this.flags & STARTED && this.up === null) from?.wake(undefined);
      return next;
    }
    if (this.state === QUEUED) ready.remove(this);
    else if (this.extra?.starter !== undefined) timers.cancel(this.extra.starter);
    this.state = UNSTARTED;
    return this;
  }

  /** @internal */
  private strayed(): InvalidSwitchError {
    const waits = this.waits[0]?.reason ?? this.describeState();
    return new InvalidSwitchError(
      `Cannot switch to ${this.name}: it waits for "${waits}"; only what it waits for may wake it`,
    );
  }
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

/** The program outside any greenlet: the parent of all, and what `getCurrent` gives there. */
export const mainGreenlet: Greenlet<unknown> = new MainGreenlet();

/** The greenlet whose async function is running. */
function asyncCurrent(): Greenlet<unknown> | null {
  const fiber = currentFrame()?.fiber;
  return fiber === undefined || fiber.state === DEAD ? null : fiber as Greenlet<unknown>;
}

/** The greenlet that runs at this moment, in generators and async functions alike. */
export function getCurrent(): Greenlet<unknown> {
  return current !== null ? current as Greenlet<unknown> : asyncCurrent() ?? mainGreenlet;
}

setSwitcherLookup(() => asyncCurrent()!);
setCurrentLookup(() => current !== null ? current as Greenlet<unknown> : asyncCurrent());

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
function inheritLocals(maker: Greenlet<unknown>, made: Greenlet<unknown>): void {
  const locals = maker.locals;
  if (locals === undefined) return;
  for (const [local, value] of locals) {
    if (!(local as { inherit: boolean }).inherit) continue;
    (made.locals ??= new Map()).set(local, value);
  }
}

let lastGeneratorFunction: unknown = null;
/** Whether `body` is a generator function; quick for the one that was asked for last. */
export function isGeneratorFunction(body: unknown): boolean {
  if (body === lastGeneratorFunction) return true;
  if (Object.getPrototypeOf(body) !== GeneratorFunctionPrototype) return false;
  lastGeneratorFunction = body;
  return true;
}

/** A spread call costs more than the call itself. */
function callBody(body: Runnable<unknown[], unknown>, args: unknown[]): Body {
  if (args.length === 1) return body(args[0]) as Body;
  if (args.length === 0) return body() as Body;
  return body(...args) as Body;
}

function checkError(action: string, error: unknown): void {
  if (error instanceof Error) return;
  throw new TypeError(`Cannot ${action}: expected an instance of Error, got ${show(error)}`);
}

/** The error for something that should be a function. */
export function notCallable(action: string, value: unknown): TypeError {
  const hint = isGenerator(value)
    ? "; pass the generator function itself, not the result of calling it"
    : "";
  return new TypeError(`Cannot ${action} ${show(value)}: expected a function${hint}`);
}

/** Whether `value` is a generator that a greenlet can run. */
export function isGenerator(value: unknown): value is Body {
  return Object.prototype.toString.call(value) === "[object Generator]";
}

/** Whether `value` can be awaited. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (typeof value === "object" && value !== null || typeof value === "function") &&
    typeof (value as { then?: unknown }).then === "function";
}

function* opBody(op: Op<unknown>): Body {
  return yield* op;
}

/**
 * Makes a greenlet that runs `fn(...args)` by itself, behind those that are ready.
 *
 * @throws {TypeError} If `fn` is no function.
 */
export function spawn<A extends unknown[], T>(fn: Runnable<A, T>, ...args: A): Greenlet<T> {
  if (fn === undefined) throw notCallable("spawn", fn);
  const greenlet = new Greenlet<T>(fn);
  greenlet.startWith(args);
  return greenlet;
}
