// Copyright 2026 the Tendril authors. MIT license.
/**
 * The trampoline: steps generators and passes control from one to the next.
 *
 * Invariants:
 * - `current` is set around each resume and is null in every callback, so that a blocking call in a
 *   callback is refused instead of parking the wrong greenlet.
 * - `resume` is never nested: control passes by returning to its loop.
 * - What an Op asks for besides waiting travels in module variables beside the sentinel it returns.
 *
 * @module
 */
import { BlockingSwitchOutError } from "./errors.ts";
import { onListening, onPark, onSwitch } from "./events.ts";
import {
  arrive,
  ASYNC,
  type Body,
  coarseTime,
  DEAD,
  type Fiber,
  READY,
  RUNNING,
  SWITCHED,
  WAITS,
} from "./fiber.ts";
import { current, FRAME, PARKED, setCurrent, TRANSFER } from "./op.ts";

/** The Op in which a greenlet gives control away; its `next` returns TRANSFER. */
export interface Transfer {
  /** Who gets control. */
  readonly target: Fiber;
  /** Whether `payload` is the one value that arrives at a SWITCHED target. */
  readonly plain: boolean;
  /** What is sent. */
  payload: unknown;
  /** Whether what arrives is thrown. */
  readonly fails: boolean;
  /** What arrives at the target, whatever its state. */
  arrives(): unknown;
}

let transferring: Transfer | null = null;
/** Asks the trampoline to carry out `op`. */
export function requestTransfer(op: Transfer): void {
  transferring = op;
}

let resumes = 0;
/** How many resumes there were. */
export function countResumes(): number {
  return resumes;
}

let frameRequest: Body | null = null;
/** Asks the trampoline to run `body` on top of the current frame; `next` then returns FRAME. */
export function requestFrame(body: Body): void {
  frameRequest = body;
}

/** What is told of each switch, when somebody traces. */
export type SwitchTracer = (failed: boolean, origin: Fiber | null, target: Fiber | null) => void;
let tracer: SwitchTracer | null = null;
/** Sets what is told of each switch. */
export function traceSwitches(callback: SwitchTracer | null): void {
  tracer = callback;
  noteObserved();
}

/** Whether anybody is to be told of switches or parks, a tracer or who listens to events. */
let observed = false;
function noteObserved(): void {
  observed = tracer !== null || onSwitch !== null || onPark !== null;
}
onListening(noteObserved);

function observe(failed: boolean, origin: Fiber | null, target: Fiber | null): void {
  if (onPark !== null && origin?.state === WAITS) onPark(origin, origin.wait!);
  if (onSwitch !== null) onSwitch(origin, target);
  if (tracer !== null) trace(tracer, failed, origin, target);
}

/** Tells the tracer of a switch; what it throws replaces what the target was to get. */
function trace(
  tell: SwitchTracer,
  failed: boolean,
  origin: Fiber | null,
  target: Fiber | null,
): void {
  setCurrent(target);
  try {
    tell(failed, origin, target);
    if (target !== null && target.wait !== null) {
      target.wait.cancel();
      target.wait = null;
      throw new BlockingSwitchOutError(
        "Cannot block in a trace function: it runs between two switches",
      );
    }
  } catch (error) {
    traceSwitches(null);
    if (target === null) throw error;
    target.failing = true;
    target.inbox = error;
  }
}

/**
 * Steps `fiber`, and those it switches to in the plain case, until one does something else; that one
 * is current then. Written apart from the rest, because this is what a switch costs.
 */
function advance(fiber: Fiber, value: unknown): IteratorResult<unknown, unknown> {
  for (;;) {
    resumes++;
    setCurrent(fiber);
    fiber.state = RUNNING;
    const step = fiber.gen!.next(value);
    if (step !== TRANSFER || fiber.interrupts !== null || observed) return step;
    const op = transferring!;
    const { target } = op;
    if (target.state !== SWITCHED || !op.plain) return step;
    fiber.state = SWITCHED;
    value = op.payload;
    op.payload = undefined;
    fiber = target;
  }
}

/** Runs `first`, and whatever it switches to, until control comes back to the hub or to main. */
export function resume(first: Fiber): void {
  let fiber = first;
  if (fiber.state === DEAD) return;
  if (observed) observe(fiber.failing, null, fiber);
  for (;;) {
    let next: Fiber | null;
    let step: IteratorResult<unknown, unknown> | null = null;
    let error: unknown;
    try {
      const value = fiber.inbox;
      if (fiber.gen === null || fiber.failing) step = startOrThrow(fiber, value);
      else {
        fiber.inbox = undefined;
        step = advance(fiber, value);
      }
      fiber = current as Fiber;
    } catch (thrown) {
      fiber = current as Fiber;
      error = thrown;
      step = null;
    }
    if (step === TRANSFER) {
      if (fiber.interrupts !== null && deliver(fiber)) continue;
      fiber.state = SWITCHED;
      next = transfer(fiber);
    } else if (step === PARKED) {
      // READY: woken before it could even park, with something that must not be lost.
      if (fiber.state === READY) break;
      if (fiber.interrupts !== null && deliver(fiber)) continue;
      if (fiber.wait === null) fiber.wake(undefined); // yieldNow
      else {
        fiber.state = WAITS;
        fiber.since = coarseTime;
      }
      break;
    } else if (step === FRAME) {
      (fiber.more.frames ??= []).push(fiber.gen!);
      fiber.gen = frameRequest;
      continue;
    } else if (step === null) {
      if (unwind(fiber, true, error)) continue;
      next = fiber.end(true, error);
    } else if (step === BEGUN) {
      break;
    } else if (step.done) {
      if (unwind(fiber, false, step.value)) continue;
      next = fiber.end(false, step.value);
    } else {
      if (foreignYield(fiber, step.value)) continue;
      break;
    }
    if (next === null) break;
    if (observed) observe(next.failing, fiber, next);
    fiber = next;
  }
  setCurrent(null);
  if (observed) observe(fiber.state === DEAD && fiber.failing, fiber, null);
}

/** The first step of an async body: nothing is left to do here. */
const BEGUN: IteratorYieldResult<undefined> = { done: false, value: undefined };

/** A resume that is not plain: the first of a fiber, or one that throws. */
function startOrThrow(fiber: Fiber, value: unknown): IteratorResult<unknown, unknown> {
  resumes++;
  setCurrent(fiber);
  fiber.state = RUNNING;
  if (fiber.failing) { // even before the first step: a trace function may have thrown
    fiber.failing = false;
    fiber.inbox = undefined;
    if (fiber.gen === null) throw value;
    return fiber.gen.throw(value);
  }
  const body = fiber.begin();
  if (body !== null) {
    fiber.gen = body;
    const step = body.next();
    if (!step.done) fiber.enlist();
    return step;
  }
  if ((fiber as Fiber).state === ASYNC) {
    fiber.enlist();
    return BEGUN;
  }
  return { done: true, value: fiber.inbox };
}

/** Throws a waiting interrupt into a fiber that was about to suspend. */
function deliver(fiber: Fiber): boolean {
  const interrupt = fiber.takeInterrupt();
  if (interrupt === null) return false;
  fiber.wait?.cancel();
  fiber.wait = null;
  fiber.failing = true;
  fiber.inbox = interrupt.error;
  return true;
}

/** The innermost frame is over; true when a caller's frame takes the outcome. */
function unwind(fiber: Fiber, failed: boolean, outcome: unknown): boolean {
  if (fiber.wait !== null) { // an Op was stepped by hand and left parked
    fiber.wait.cancel();
    fiber.wait = null;
  }
  const caller = fiber.extra === null ? undefined : fiber.extra.frames?.pop();
  if (caller === undefined) return false;
  fiber.gen = caller;
  fiber.failing = failed;
  fiber.inbox = outcome;
  return true;
}

/** Carries out what was asked by {@linkcode requestTransfer}. */
function transfer(from: Fiber): Fiber | null {
  const op = transferring!;
  const { target, fails } = op;
  const value = op.arrives();
  op.payload = undefined;
  return target.state === SWITCHED
    ? arrive(target, value, fails)
    : target.receive(value, fails, from);
}

let foreign: (fiber: Fiber, value: unknown) => boolean;
/** Sets what becomes of a value that was yielded and is no Op; until.ts knows promises. */
export function setForeignYield(handler: (fiber: Fiber, value: unknown) => boolean): void {
  foreign = handler;
}

/** A plain `yield`; true when the fiber is to go on at once. */
function foreignYield(fiber: Fiber, value: unknown): boolean {
  if (value !== undefined) return foreign(fiber, value);
  if (fiber.interrupts !== null && deliver(fiber)) return true;
  fiber.wake(undefined);
  return false;
}
