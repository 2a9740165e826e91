// Copyright 2026 the Tendril authors. MIT license.
/**
 * What the host does for a greenlet that holds no promise of it: timers, sockets, processes, WebSockets.
 *
 * It belongs to the greenlet whose code began it. In an async function that is the frame of the call: it
 * ends when the greenlet is killed or its Timeout fires, or when nobody waits for the call any more. In
 * a generator it ends when the greenlet is killed. A greenlet that ends normally leaves it alone,
 * because libraries keep idle timers and connections of whoever called first.
 *
 * @module
 */
import { currentFrame, SilentWaiter } from "../async_frame.ts";
import type { Greenlet } from "../greenlet.ts";
import { addExternal } from "../hub.ts";
import { type AsyncOwner, type AsyncWaiter, current, Op } from "../op.ts";

/** Something that is under way, of which the greenlet was given no Op. */
export abstract class Held extends SilentWaiter {
  /** Makes something that belongs to the code that calls this. */
  constructor() {
    super(currentFrame() ?? new UntilKilled(current as Greenlet<unknown>));
  }

  /** What the dump shows. */
  abstract readonly reason: string;

  /** Ends it, with the error that the greenlet gets. Called at most once, and not when it is over. */
  abstract end(error: unknown): void;

  /** Whether a promise that the code has rejects by that. */
  get tells(): boolean {
    return false;
  }

  override get isSilent(): boolean {
    return !this.tells;
  }

  get op(): Op<void> {
    return new HeldOp(this);
  }

  /** Whether it is under way and somebody's. */
  get isHeld(): boolean {
    return this.open;
  }

  /** Now it is under way. If its owner was given up it is ended at once. */
  begin(): void {
    // It counts before anybody waits: so the hub need not look whether anything can go on.
    addExternal(1);
    this.owner!.adopt(this);
  }

  interrupt(error: unknown): void {
    if (!this.open) return;
    this.over();
    this.end(error);
  }

  /** It is over by itself. */
  over(): void {
    if (!this.open) return;
    this.close();
    addExternal(-1);
  }
}

/** What is shown of something that is held. */
class HeldOp extends Op<void> {
  declare private readonly held: Held;

  constructor(held: Held) {
    super();
    this.held = held;
  }

  get reason(): string {
    return this.held.reason;
  }

  poll(): null {
    return null;
  }

  park(): void {}

  cancel(): void {}
}

/** Owns one thing for a generator greenlet, which has no frame, until that is killed. */
class UntilKilled implements AsyncOwner {
  readonly #signal: AbortSignal;
  #onKill: (() => void) | null = null;

  constructor(greenlet: Greenlet<unknown>) {
    this.#signal = greenlet.signal;
  }

  adopt(waiter: AsyncWaiter): void {
    this.#onKill = () => waiter.interrupt(this.#signal.reason);
    this.#signal.addEventListener("abort", this.#onKill, { once: true });
  }

  disown(): void {
    if (this.#onKill !== null) this.#signal.removeEventListener("abort", this.#onKill);
  }
}

/** Something with a name and a way to end it. */
class NamedHeld extends Held {
  declare private readonly text: () => string;
  declare readonly end: (error: unknown) => void;

  constructor(text: () => string, end: (error: unknown) => void) {
    super();
    this.text = text;
    this.end = end;
  }

  get reason(): string {
    return this.text();
  }
}

/** Gives something to the greenlet whose code calls this; `text` gives what the dump shows. */
export function hold(text: () => string, end: (error: unknown) => void): Held {
  const held = new NamedHeld(text, end);
  held.begin();
  return held;
}
