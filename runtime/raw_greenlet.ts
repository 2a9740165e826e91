// Copyright 2026 the Tendril authors. MIT license.
/**
 * The greenlet of greenlet: explicit switching, parents, and what the scheduler asks of a greenlet.
 *
 * Invariants:
 * - Started by `start`, a greenlet belongs to the hub: its end is told to links, and control goes
 *   back to the hub. Started by a switch, its end gives control and outcome to its parent.
 * - After the end `inbox` is the outcome and `failing` tells whether that is an error.
 *
 * @module
 */
import { AsyncFrame, currentFrame } from "./async_frame.ts";
import {
  callBody,
  isGenerator,
  isGeneratorFunction,
  isThenable,
  notCallable,
  opBody,
  type Runnable,
} from "./body.ts";
import { show, type TimerEntry } from "./clock.ts";
import { GreenletError, GreenletExit, InvalidSwitchError } from "./errors.ts";
import { onFinish, onSpawn } from "./events.ts";
import { type Family, mainFamily, type Member } from "./family.ts";
import {
  arrive,
  ASYNC,
  type Body,
  DEAD,
  Fiber,
  FiberExtra,
  handOver,
  type Interrupt,
  QUEUED,
  READY,
  ready,
  removeLink,
  RUNNING,
  SWITCHED,
  UNSTARTED,
} from "./fiber.ts";
import { timers } from "./hub.ts";
import { mainAwaits, receiveInMain, switchFromMain, tellMain } from "./main_switch.ts";
import { current, FINISHED, FRESH, Op, setCurrent, type Waiter } from "./op.ts";
import { reportLater } from "./report.ts";
import { type AsyncSwitcher, setSwitcherLookup, type Switch, SwitchOp } from "./switch.ts";
import { setCurrentLookup } from "./timeout.ts";

// Bits of `flags`.
/** The run may end without waiting for it. */
export const DAEMON = 1;
/** The hub was asked to run it. */
export const STARTED = 2;
/** Somebody has seen how it ended. */
export const OBSERVED = 4;
/** It was killed. */
export const KILLED = 8;
/** Its family counts it as living. */
export const COUNTED = 16;
/** It stands in the list of its family. */
export const LISTED = 32;
/** Somebody waited for its end without caring how it ended. */
export const JOINED = 64;
/** Somebody asked how it ended. */
export const ASKED = 128;

/**
 * What only few greenlets have.
 *
 * @internal
 */
export class Extra extends FiberExtra {
  /** A parent that was given, other than the greenlet that made this one. */
  parent: RawGreenlet<unknown> | null | undefined = undefined;
  name: string | undefined = undefined;
  priority = 0;
  estimate = Infinity;
  site: string | undefined = undefined;
  locals: Map<object, unknown> | undefined = undefined;
  controller: AbortController | undefined = undefined;
  stopSignal: (() => void) | undefined = undefined;
  starter: TimerEntry | undefined = undefined;
  /** The call of its body, when that is no generator function. */
  frame: AsyncFrame | undefined = undefined;
  /** The greenlets that tell links of its end, to be called off by `unlink`. */
  tellers: RawGreenlet<unknown>[] | undefined = undefined;
}

const NO_ARGS: unknown[] = [];
let lastId = 0;

/**
 * A greenlet as greenlet has it; `Greenlet` adds what gevent has.
 *
 * @internal
 */
export abstract class RawGreenlet<T> extends Fiber implements AsyncSwitcher, Member {
  /** A number no other greenlet of this isolate has. */
  declare readonly id: number;
  /** The family its life is counted in; see family.ts. */
  declare readonly family: Family;
  /** The neighbours in the family's list of the living. */
  declare younger: Member | null;
  /** The neighbours in the family's list of the living. */
  declare older: Member | null;
  // `private`, not `#`: private names are set up like field initialisers, see op.ts.
  /** Bits, see above. */
  declare flags: number;
  /** What only few have. */
  declare extra: Extra | null;
  /** What it runs. */
  declare body: Runnable<unknown[], unknown> | null;
  /** The greenlet that made it. */
  declare maker: RawGreenlet<unknown> | null;

  /** Makes a greenlet that has not started. */
  constructor(run: Runnable<unknown[], T> | undefined, family: Family | undefined) {
    super(NO_ARGS);
    if (run !== undefined && typeof run !== "function") {
      throw notCallable("make a Greenlet of", run);
    }
    const maker = current !== null ? current as RawGreenlet<unknown> : asyncCurrent();
    this.id = ++lastId;
    this.body = run ?? null;
    this.maker = maker;
    this.family = family ?? (maker === null ? mainFamily : maker.family);
    this.younger = this.older = null;
    this.flags = maker === null ? 0 : maker.flags & DAEMON;
  }

  /** The extra part, made when first needed. */
  get more(): Extra {
    return this.extra ??= new Extra();
  }

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
   * The parent, `null` for main. A parent that was given stays; else it is the greenlet that made this
   * one, unless the hub runs it.
   */
  get up(): RawGreenlet<unknown> | null {
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

  /** Shown in dumps and errors; default: "Greenlet-" and its id. */
  get name(): string {
    return this.extra?.name ?? `Greenlet-${this.id}`;
  }
  set name(name: string) {
    this.more.name = name;
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
    return (this.flags & (OBSERVED | JOINED)) !== 0;
  }
  set observed(_seen: boolean) {
    this.flags |= OBSERVED;
  }

  /** Whether somebody waited for its end without caring for an error; such a one is observed, too. */
  get joined(): boolean {
    return (this.flags & JOINED) !== 0;
  }
  set joined(_joined: boolean) {
    this.flags |= JOINED;
  }

  /** Whether it ended with an error that nobody was given and nobody asked for, joined or not. */
  get swallowed(): boolean {
    return this.state === DEAD && this.failing && (this.flags & (OBSERVED | ASKED)) === 0;
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
    if (!(this.flags & COUNTED)) this.beginBySwitch();
    if (isGeneratorFunction(body)) return callBody(body, args);
    return this.beginOther(body, args);
  }

  /** Started by a switch: the run does not wait for it, but ends it at its own end. */
  private beginBySwitch(): void {
    if (onSpawn !== null) onSpawn(this);
    if (this.family === mainFamily) return;
    this.flags |= COUNTED;
    this.family.join(false);
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
        frame.retryInterrupt();
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
    if (this.state === DEAD) return; // it was stranded
    this.extra!.frame!.close();
    handOver(this.end(failed, outcome));
  }

  /** Raises it at every Op the async body awaits, or at the next; ends one that cannot go on. */
  interruptAsync(interrupt: Interrupt): void {
    const frame = this.extra!.frame!;
    const told = frame.interrupt(interrupt.error);
    if (!told) (this.interrupts ??= []).push(interrupt);
    else if (!(this.flags & KILLED)) return;
    frame.onStranded(() => {
      const due = told || (!interrupt.dropped && this.interrupts?.includes(interrupt));
      if (!due) return;
      frame.cancel();
      handOver(this.end(true, interrupt.error));
    });
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
    if (onFinish !== null) onFinish(this, failed, outcome);
    // A chain of greenlets that each made the next must not keep the dead alive.
    if (this.flags & STARTED) this.maker = null;
    if (this.extra !== null) this.dropExtra(this.extra);
    if (this.links !== null) this.tell();
    if (this.flags & LISTED) this.family.unlist(this);
    // First the report: the run that ends with this greenlet sees to it that it is made.
    if (failed && this.flags & STARTED && !this.observed) reportLater(this);
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
    const running = current; // another one, when this one is killed before it ran
    setCurrent(null);
    for (let link = this.links; link !== null; link = this.links) {
      removeLink(this, link);
      if (link.ended(this) !== false) this.observed = true;
    }
    if (running !== this) setCurrent(running);
  }

  /** @internal */
  private toParent(): Fiber | null {
    let to: RawGreenlet<unknown> | null = this.up;
    while (to !== null && to.state === DEAD) to = to.up;
    const { failing, inbox } = this;
    if (to === null) return receiveInMain(inbox, failing, this);
    if (to.state === SWITCHED) return arrive(to, inbox, failing);
    // One that was killed, or that the hub runs, owes no word to a parent that does not wait for it.
    if (this.flags & (KILLED | STARTED)) return null;
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
    let to: RawGreenlet<unknown> | null = this.up;
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

/** The greenlet whose async function is running. */
export function asyncCurrent(): RawGreenlet<unknown> | null {
  const fiber = currentFrame()?.fiber;
  return fiber === undefined || fiber.state === DEAD ? null : fiber as RawGreenlet<unknown>;
}

setSwitcherLookup(() => asyncCurrent()!);
setCurrentLookup(() => current !== null ? current as RawGreenlet<unknown> : asyncCurrent());

/** Checks what is to be thrown into a greenlet. */
export function checkError(action: string, error: unknown): void {
  if (error instanceof Error) return;
  throw new TypeError(`Cannot ${action}: expected an instance of Error, got ${show(error)}`);
}
