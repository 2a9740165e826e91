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
export class Held extends Op<void> {
  declare private readonly text: () => string;
  declare private waiter: Waiter | null;
  /** Whether it counts as a wait for something outside the hub. */
  declare private counts: boolean;

  /** Makes it; `text` gives what is shown in dumps. */
  constructor(text: () => string) {
    super();
    this.text = text;
    this.waiter = null;
    this.counts = true;
    addExternal(1);
  }

  get reason(): string {
    return this.text();
  }

  /** Whether it is under way and somebody's. */
  get isHeld(): boolean {
    return this.stage === WAITING;
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

/** How something that is held is ended, with the error that the greenlet gets. */
export type End = (error: unknown) => void;

/** Whether a promise that the code has rejects when something is ended. */
export type Tells = () => boolean;

/** The waiter of something of which the code may have a promise. */
class HostWaiter extends SilentWaiter {
  readonly #tells: Tells;

  constructor(held: Held, end: End, tells: Tells) {
    super(held, ignore, (error) => {
      held.cancel(); // it may have been refused before it began
      end(error);
    });
    this.#tells = tells;
  }

  override get isSilent(): boolean {
    return !this.#tells();
  }
}

const never = () => false;

/**
 * Gives what is under way to the greenlet whose code calls this. `end` is called at most once, and not
 * when it is over by itself; at once if the greenlet was given up already. `tells` is asked before.
 */
export function hold(text: () => string, end: End, tells: Tells = never): Held {
  const held = new Held(text);
  if (currentFrame() !== null) new HostWaiter(held, end, tells).begin();
  else holdFor(current as Greenlet<unknown>, held, end);
  return held;
}

/** Holds something for a generator greenlet, which has no frame, until that is killed. */
function holdFor(greenlet: Greenlet<unknown>, held: Held, end: End): void {
  const { signal } = greenlet;
  const onKill = () => {
    held.cancel();
    end(signal.reason);
  };
  held.stage = WAITING;
  held.park({ wake: () => signal.removeEventListener("abort", onKill), fail: ignore });
  signal.addEventListener("abort", onKill, { once: true });
}
