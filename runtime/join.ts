// Copyright 2026 the Tendril authors. MIT license.
/**
 * Waiting for the end of a greenlet: the Op is itself the node in the greenlet's ring of links, so
 * that a join allocates one object and leaves in O(1).
 *
 * @module
 */
import { addLink, DEAD, type Fiber, type Link, removeLink } from "./fiber.ts";
import {
  consumed,
  current,
  DONE,
  finish,
  FINISHED,
  FRESH,
  Op,
  outside,
  park,
  PARKED,
  tired,
  type Waiter,
  WAITING,
} from "./op.ts";

abstract class EndOp<T> extends Op<T> implements Link {
  declare readonly target: Fiber;
  declare waiter: Waiter | null;
  declare before: Link | null;
  declare after: Link | null;

  constructor(target: Fiber) {
    super();
    this.target = target;
    this.waiter = null;
    this.before = null;
    this.after = null;
  }

  override get subject(): unknown {
    return this.target;
  }

  override get holder(): unknown {
    return this.target;
  }

  park(waiter: Waiter): void {
    this.waiter = waiter;
    addLink(this.target, this);
  }

  cancel(): void {
    removeLink(this.target, this);
  }

  abstract ended(fiber: Fiber): void | false;
}

/** Waits for the end and gives `true`; see `Greenlet.join`. */
export class JoinOp extends EndOp<boolean> {
  /** Shown in dumps. */
  get reason(): string {
    return "join";
  }

  /** Done when the greenlet is. */
  poll(): IteratorReturnResult<boolean> | null {
    if (this.target.state !== DEAD) return null;
    this.target.joined = true;
    DONE.value = true;
    return DONE;
  }

  /** Wakes the waiter. */
  ended(fiber: Fiber): false {
    fiber.joined = true;
    this.waiter!.wake(true);
    return false;
  }
}

/** Waits for the end and gives the result or throws the error; see `Greenlet.get`. */
export class GetOp<T> extends EndOp<T> {
  /** Shown in dumps. */
  get reason(): string {
    return "get";
  }

  /** Done when the greenlet is. */
  poll(): IteratorReturnResult<T> | null {
    const target = this.target;
    if (target.state !== DEAD) return null;
    target.observed = true;
    if (target.failing) throw target.inbox;
    DONE.value = target.inbox;
    return DONE;
  }

  /** Hands the outcome to the waiter. */
  ended(fiber: Fiber): void {
    if (fiber.failing) this.waiter!.fail(fiber.inbox);
    else this.waiter!.wake(fiber.inbox);
  }

  // The fast path of spawn and join, written out.
  // deno-lint-ignore no-explicit-any -- the waker's value, see OpIterator
  override next(value?: any): IteratorResult<undefined, T> {
    if (this.stage === WAITING) return this.resumed(value);
    if (this.stage !== FRESH) throw consumed(this);
    if (tired()) return PARKED;
    if (this.target.state === DEAD) {
      this.stage = FINISHED;
      return finish(this, this.poll()!.value as T);
    }
    const waiter = current;
    if (waiter === null) throw outside(this);
    const parked = park(this);
    this.waiter = waiter;
    addLink(this.target, this);
    return parked;
  }
}
