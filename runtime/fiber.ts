// Copyright 2026 the Tendril authors. MIT license.
/**
 * A fiber is the part of a greenlet that the scheduler knows: its execution state, what is on its
 * way to it, and its place in the ready queue.
 *
 * Invariants:
 * - A fiber is in the ready queue exactly while its state is QUEUED or READY. (One that was killed
 *   while QUEUED stays linked as DEAD and is skipped.)
 * - `wait` is the Op a WAITS fiber stands in. Waking clears it; interrupting cancels it
 *   first. So at most one thing is ever on its way to a fiber: what it was woken with comes first,
 *   and interrupts that arrive later wait in `interrupts` for its next suspension.
 *
 * @module
 */
import { onWake } from "./events.ts";
import { current, type Op, type Runner } from "./op.ts";
import { FifoQueue, type ReadyQueue } from "./ready_queue.ts";

// The states of a fiber, in the order of a life.
/** It was made. */
export const UNSTARTED = 0;
/** It was started and is in the ready queue for the first time. */
export const QUEUED = 1;
/** It is in the ready queue with something to be delivered. */
export const READY = 2;
/** It runs. */
export const RUNNING = 3;
/** It waits for an Op. */
export const WAITS = 4;
/** It gave control away by a switch and waits for anybody to switch back. */
export const SWITCHED = 5;
/** Its body is an async function, which the host runs. */
export const ASYNC = 6;
/** It has ended. */
export const DEAD = 7;

/**
 * What the trampoline drives: any generator.
 *
 * @internal
 */
// Values travel in and out untyped here; the types live in Op and Greenlet.
// deno-lint-ignore no-explicit-any
export type Body = Generator<unknown, any, any>;

/**
 * An error on its way to a fiber that cannot take it yet.
 *
 * @internal
 */
export interface Interrupt {
  /** What will be thrown. */
  readonly error: unknown;
  /** Set when it lost its meaning, as a closed Timeout has. */
  dropped: boolean;
}

/** A node in the ring of those who wait for the end of a fiber. */
export interface Link {
  /** The neighbours in the ring. */
  before: Link | null;
  /** The neighbours in the ring. */
  after: Link | null;
  /**
   * Called at the end, when the node is out of the ring. False says that it does not care how the
   * fiber ended, so that an error is still reported.
   */
  ended(fiber: Fiber): void | false;
}

/**
 * What only few fibers have, kept apart so that the many stay small.
 *
 * @internal
 */
export class FiberExtra {
  /** The callers of the running generator, outermost first, when `call` was used. */
  frames: Body[] | null = null;
  /** A used `switch` Op to this fiber, to be used again. */
  spare: Op<unknown> | null = null;
}

/**
 * The part of a greenlet that the hub knows: execution state and what is on its way to it.
 *
 * @internal
 */
export abstract class Fiber implements Runner {
  /** One of the states above. */
  declare state: number;
  /** The generator that runs now, the innermost frame. */
  declare gen: Body | null;
  /** What the next resume delivers; before the start the arguments, after the end the outcome. */
  declare inbox: unknown;
  /** Whether `inbox` is thrown instead of returned. */
  declare failing: boolean;
  /** What it waits for. */
  declare wait: Op<unknown> | null;
  /** What is to be thrown at its next suspension. */
  declare interrupts: Interrupt[] | null;
  /** Who waits for its end: the head of a ring of nodes. */
  declare links: Link | null;
  /** What only few have. */
  declare extra: FiberExtra | null;
  /** When it was made or last parked, in whole milliseconds of the hub's coarse clock. */
  declare since: number;

  /** Makes an unstarted fiber. */
  constructor(inbox: unknown) {
    this.state = UNSTARTED;
    this.gen = null;
    this.inbox = inbox;
    this.failing = false;
    this.wait = null;
    this.interrupts = null;
    this.links = null;
    this.extra = null;
    this.since = coarseTime;
  }

  /** Whether somebody has seen how it ended, so that an error needs no report. */
  abstract get observed(): boolean;
  abstract set observed(seen: boolean);

  /** Whether somebody waited for its end without caring for an error; such a one is observed, too. */
  abstract get joined(): boolean;
  abstract set joined(joined: boolean);

  /** Calls the body; gives its generator, or null when it was no generator function. */
  abstract begin(): Body | null;
  /** Its extra part, made when first needed. */
  abstract get more(): FiberExtra;
  /** It suspends for the first time: from now on somebody may have to find it. */
  abstract enlist(): void;
  /** The body is over; gives the fiber that control goes to, null for the hub. */
  abstract end(failed: boolean, outcome: unknown): Fiber | null;
  /** Takes what `from` sends by a switch when this one is not SWITCHED; gives who runs next. */
  abstract receive(value: unknown, fails: boolean, from: Fiber | null): Fiber | null;
  /** An interrupt for a fiber whose body is an async function. */
  abstract interruptAsync(interrupt: Interrupt): void;

  /** Makes it run with `value`. */
  wake(value: unknown): void {
    if (onWake !== null) onWake(this, this.wait, current);
    this.wait = null;
    this.inbox = value;
    this.state = READY;
    enqueue(this);
  }

  /** Makes it run with `error` thrown. */
  fail(error: unknown): void {
    this.failing = true;
    this.wake(error);
  }

  /**
   * Throws `error` into it: at once when it waits, at its next suspension when something else is
   * already on its way. Gives the interrupt in the latter case.
   */
  interrupt(error: unknown): Interrupt | null {
    switch (this.state) {
      case WAITS:
      case SWITCHED:
        this.wait?.cancel();
        this.fail(error);
        return null;
      case UNSTARTED:
      case QUEUED:
        handOver(this.end(true, error));
        return null;
      case DEAD:
        return null;
    }
    const interrupt: Interrupt = { error, dropped: false };
    if (this.state === ASYNC) this.interruptAsync(interrupt);
    else (this.interrupts ??= []).push(interrupt);
    return interrupt;
  }

  /** Takes the next interrupt that still means something. */
  takeInterrupt(): Interrupt | null {
    for (;;) {
      const interrupt = this.interrupts?.shift();
      if (interrupt === undefined) {
        this.interrupts = null;
        return null;
      }
      if (!interrupt.dropped) return interrupt;
    }
  }
}

/** The fibers that are ready to run. */
export let ready: ReadyQueue<Fiber> = new FifoQueue();
/** Puts another queue in its place, which has to take over what is ready. */
export function setReady(queue: ReadyQueue<Fiber>): void {
  ready = queue;
}

/** True while a pump is scheduled or runs, so that nobody schedules another. */
let pumping = false;
/** Tells whether a pump is scheduled or runs. */
export function isPumping(): boolean {
  return pumping;
}
/** Notes whether a pump is scheduled or runs. */
export function setPumping(value: boolean): void {
  pumping = value;
}

let pump: () => void;
/** Sets what runs the ready fibers; hub.ts calls this once. */
export function setPump(callback: () => void): void {
  pump = callback;
}

/** Puts a fiber behind the others that are ready and sees to it that they run. */
export function enqueue(fiber: Fiber): void {
  ready.push(fiber);
  if (!pumping) {
    pumping = true;
    queueMicrotask(pump);
  }
}

/** Lets `fiber` run whose turn came by the end of another, outside the trampoline. */
export function handOver(fiber: Fiber | null): void {
  if (fiber === null) return;
  if (onWake !== null) onWake(fiber, fiber.wait, current);
  fiber.state = READY;
  fiber.wait = null;
  enqueue(fiber);
}

/** The hub's time in whole milliseconds, as of its last look at the clock. */
export let coarseTime = 0;
/** Notes the time. */
export function setCoarseTime(ms: number): void {
  coarseTime = ms;
}

/** Adds `link` as the last to be told of the end of `fiber`. */
export function addLink(fiber: Fiber, link: Link): void {
  const head = fiber.links;
  if (head === null) {
    link.before = link.after = link;
    fiber.links = link;
    return;
  }
  const tail = head.before!;
  link.after = head;
  link.before = tail;
  tail.after = link;
  head.before = link;
}

/** Takes `link` out of the ring of `fiber`; harmless when it is in none. */
export function removeLink(fiber: Fiber, link: Link): void {
  const { before, after } = link;
  if (after === null) return;
  if (after === link) fiber.links = null;
  else {
    before!.after = after;
    after.before = before;
    if (fiber.links === link) fiber.links = after;
  }
  link.before = link.after = null;
}

/** Gives a SWITCHED fiber what was sent to it; it runs next. */
export function arrive(fiber: Fiber, value: unknown, fails: boolean): Fiber {
  fiber.inbox = value;
  fiber.failing = fails;
  fiber.wait = null;
  return fiber;
}
