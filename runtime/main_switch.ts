// Copyright 2026 the Tendril authors. MIT license.
/**
 * Switching from outside any greenlet: the switch acts at the call, and the program goes on when
 * control comes back to main or when the greenlet had to wait; in the latter case the Op is open
 * until control comes back.
 *
 * @module
 */
import { BlockingSwitchOutError, InvalidSwitchError } from "./errors.ts";
import { arrive, DEAD, type Fiber } from "./fiber.ts";
import { insideHub, resumeFromOutside } from "./hub.ts";
import { DONE, type Waiter } from "./op.ts";
import { reportLater } from "./report.ts";
import { arrivesAt, Switch } from "./switch.ts";

/** The switches from main that control has not come back from, oldest first. */
const open: MainSwitch<unknown>[] = [];

class MainSwitch<R> extends Switch<R> {
  #settled = false;
  #failed = false;
  #outcome: unknown = undefined;
  #waiter: Waiter | null = null;
  /** The greenlet whose error this is, until somebody has seen it. */
  #unseen: Fiber | null = null;

  constructor(readonly target: Fiber) {
    super();
  }

  get reason(): string {
    return "switch";
  }

  override get value(): R | undefined {
    return this.#failed ? undefined : this.#outcome as R | undefined;
  }

  settle(outcome: unknown, failed: boolean, from: Fiber | null): void {
    open.splice(open.indexOf(this as MainSwitch<unknown>), 1);
    this.#settled = true;
    this.#failed = failed;
    this.#outcome = outcome;
    if (this.#waiter === null) {
      if (!failed || from === null || from.state !== DEAD) return;
      this.#unseen = from;
      reportLater(from);
    } else if (failed) {
      if (from !== null && from.state === DEAD) from.observed = true;
      this.#waiter.fail(outcome);
    } else this.#waiter.wake(outcome);
  }

  /** What the call itself gives when control came back meanwhile. */
  result(): this {
    if (this.#failed) this.#raise();
    return this;
  }

  #raise(): never {
    if (this.#unseen !== null) this.#unseen.observed = true;
    throw this.#outcome;
  }

  poll(): IteratorReturnResult<R> | null {
    if (!this.#settled) return null;
    if (this.#failed) this.#raise();
    DONE.value = this.#outcome;
    return DONE;
  }

  park(waiter: Waiter): void {
    this.#waiter = waiter;
  }

  cancel(): void {
    this.#waiter = null;
  }
}

/** Whether the main program waits for control to come back. */
export function mainAwaits(): boolean {
  return open.length > 0;
}

/** Switches from outside any greenlet. */
export function switchFromMain<R>(target: Fiber, payload: unknown, fails: boolean): Switch<R> {
  if (insideHub()) {
    throw new BlockingSwitchOutError(
      "Cannot switch in a callback of the hub: spawn a greenlet there and switch in it",
    );
  }
  const op = new MainSwitch<R>(target);
  open.push(op as MainSwitch<unknown>);
  const next = target.receive(
    fails ? payload : arrivesAt(target, payload as unknown[]),
    fails,
    null,
  );
  if (next !== null) resumeFromOutside(next);
  // A greenlet that waits in the hub got an error instead; the hub has control, so main goes on.
  else if (open.includes(op as MainSwitch<unknown>)) op.settle(undefined, false, null);
  return op.result();
}

/** A greenlet of the hub has ended: whoever switched to it from outside gets its outcome. */
export function tellMain(outcome: unknown, failed: boolean, from: Fiber): void {
  open.findLast((each) => each.target === from)?.settle(outcome, failed, from);
}

/** Control comes back to main with a value or an error; gives who runs next. */
export function receiveInMain(value: unknown, fails: boolean, from: Fiber | null): Fiber | null {
  const op = open.findLast((each) => each.target === from) ?? open.at(-1);
  if (op !== undefined) {
    op.settle(value, fails, from);
    return null;
  }
  if (from === null || from.state === DEAD) {
    if (fails && from !== null) reportLater(from);
    return null;
  }
  const error = new InvalidSwitchError(
    "Cannot switch to main: it does not wait in a switch; end the greenlet instead",
  );
  return arrive(from, error, true);
}
