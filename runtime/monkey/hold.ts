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
import { current, FINISHED, Op, type Waiter, WAITING } from "../op.ts";
import { ignore } from "./registry.ts";

/** Something that is under way; an Op that nobody was given. */
export abstract class Held extends Op<void> {
  declare private waiter: Waiter | null;
  /** Whether it counts as a wait for something outside the hub. */
  declare private counts: boolean;

  /** Makes something that is nobody's yet. */
  constructor() {
    super();
    this.waiter = null;
    this.counts = false;
  }

  /** Ends it, with the error that the greenlet gets. Called at most once, and not when it is over. */
  abstract end(error: unknown): void;

  /** Whether a promise that the code has rejects by that. */
  get tells(): boolean {
    return false;
  }

  /** Whether it is under way and somebody's. */
  get isHeld(): boolean {
    return this.stage === WAITING;
  }

  /** From now on it counts, before anybody waits: so the hub need not look whether anything can go on. */
  count(): void {
    this.counts = true;
    addExternal(1);
  }

  poll(): null {
    return null;
  }

  park(waiter: Waiter): void {
    this.waiter = waiter;
  }

  cancel(): void {
    this.stage = FINISHED;
    this.waiter = null;
    if (this.counts) addExternal(-1);
    this.counts = false;
  }

  /** It is over by itself. */
  over(): void {
    this.waiter?.wake(undefined);
    this.cancel();
  }
}

/** Gives something to the function that began it. */
class HostWaiter extends SilentWaiter {
  declare readonly op: Held;

  constructor(held: Held) {
    super(held, ignore, ignore);
  }

  override get isSilent(): boolean {
    return !this.op.tells;
  }

  override fail(error: unknown): void {
    super.fail(error);
    this.op.cancel(); // it may have been refused before it began
    this.op.end(error);
  }
}

/** Gives what is under way to the greenlet whose code calls this; one that was given up ends it at once. */
export function hold<H extends Held>(held: H): H {
  held.count();
  if (currentFrame() !== null) new HostWaiter(held).begin();
  else holdFor(current as Greenlet<unknown>, held);
  return held;
}

/** Holds something for a generator greenlet, which has no frame, until that is killed. */
function holdFor(greenlet: Greenlet<unknown>, held: Held): void {
  const { signal } = greenlet;
  const onKill = () => {
    held.cancel();
    held.end(signal.reason);
  };
  held.stage = WAITING;
  held.park({ wake: () => signal.removeEventListener("abort", onKill), fail: ignore });
  signal.addEventListener("abort", onKill, { once: true });
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
export function holdNamed(text: () => string, end: (error: unknown) => void): Held {
  return hold(new NamedHeld(text, end));
}
