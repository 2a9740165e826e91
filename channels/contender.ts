// Copyright 2026 the Tendril authors. MIT license.
/**
 * Waiting for a lock of any kind: the Op is itself the node in the lock's line.
 *
 * Invariants:
 * - Hand-over is direct: a release takes the first out of the line and makes it the owner before
 *   it wakes it. So a lock is free only when nobody waits for it, and nobody can push in.
 * - What was handed over is received, even by a greenlet that was killed in the same turn.
 * - `taker` is who will own the lock: the greenlet that waits, or the one whose async function does;
 *   main outside of any.
 *
 * @module
 */
import { describeCycle, findCycle } from "../runtime/deadlock.ts";
import { DeadlockError } from "../runtime/errors.ts";
import { getCurrent, type Greenlet } from "../runtime/greenlet.ts";
import { current, DONE, FINISHED, Op, outside, park, type Waiter } from "../runtime/op.ts";
import type { Lease, Lender } from "./lease.ts";
import type { Line, Place } from "./line.ts";

/** An Op that stands in the line of a lock. */
export abstract class Contender<T> extends Op<T> implements Place {
  declare waiter: Waiter | null;
  declare taker: Greenlet<unknown> | null;
  declare before: Place | null;
  declare after: Place | null;

  /** Makes a fresh Op. */
  constructor() {
    super();
    this.waiter = null;
    this.taker = null;
    this.before = null;
    this.after = null;
  }

  /** Called when the lock was made its own: out of the line, `taker` being the owner. */
  abstract granted(): void;
}

/**
 * What can be acquired.
 *
 * @internal
 */
export interface Source extends Lender {
  /** Those who wait for it. */
  readonly line: Line<Contender<unknown>>;
  /** Who holds it, where that is known. */
  readonly owner?: Greenlet<unknown> | null;
  /** Gives it to `taker` if that is possible at once. */
  take(taker: Greenlet<unknown>): Lease | null;
  /** Gives it to `taker`, whose turn has come. */
  grant(taker: Greenlet<unknown>): Lease;
}

/** Acquires; each kind of lock has its own `next`, with the fast path written out. */
export abstract class AcquireOp<S extends Source> extends Contender<Lease> {
  declare readonly source: S;

  /** Makes a fresh Op. */
  constructor(source: S) {
    super();
    this.source = source;
  }

  /** What it waits for. */
  override get subject(): unknown {
    return this.source;
  }

  /** Who could release it. */
  override get holder(): unknown {
    return this.source.owner;
  }

  /** Takes it if that is possible at once. */
  poll(): IteratorReturnResult<Lease> | null {
    const lease = this.source.take(getCurrent());
    if (lease === null) return null;
    DONE.value = lease;
    return DONE;
  }

  /** Stands in line. */
  park(waiter: Waiter): void {
    this.waiter = waiter;
    this.taker = getCurrent();
    this.source.line.push(this as Contender<unknown>);
  }

  /** Leaves the line. */
  cancel(): void {
    this.source.line.remove(this as Contender<unknown>);
  }

  /** Its turn has come. */
  granted(): void {
    this.waiter!.wake(this.source.grant(this.taker!));
  }

  /** The slow part of `next`: the greenlet waits, unless that would close a ring of owners. */
  protected queue(): IteratorResult<undefined, Lease> {
    const runner = current;
    if (runner === null) return this.stepOutside();
    const parked = park(this);
    this.waiter = runner;
    this.taker = runner as Greenlet<unknown>;
    this.source.line.push(this as Contender<unknown>);
    refuseCycle(this);
    return parked;
  }

  /** Stepped by hand outside of any greenlet: goes well if nobody has to wait. */
  private stepOutside(): IteratorReturnResult<Lease> {
    const lease = this.source.take(getCurrent());
    if (lease === null) throw outside(this);
    return leased(this, lease);
  }
}

/** Raises a DeadlockError when `op`, which has just parked, closes a ring of lock owners. */
function refuseCycle(op: AcquireOp<Source>): void {
  const taker = op.taker!;
  const owner = op.holder as Greenlet<unknown> | null | undefined;
  if (owner !== taker && !(owner?.wait instanceof Contender)) return;
  const cycle = findCycle(taker);
  // Who waits with a timeout or in a select has another way out, and stands in another Op.
  if (cycle[0] !== taker || !cycle.every((each) => each.wait instanceof Contender)) return;
  const error = new DeadlockError(
    `Cannot go on waiting for ${Deno.inspect(op.subject)}: that closes a ring, ${
      describeCycle(cycle)
    }; acquire locks in the same order everywhere, or with { timeout }`,
  );
  taker.wait = null;
  op.stage = FINISHED;
  op.cancel();
  throw error;
}

/**
 * Gives `lease` as the result of an Op that could finish at once. Not by the shared result: a store of
 * a young lease into an old object costs more than a second young object.
 */
export function leased(op: Op<Lease>, lease: Lease): IteratorReturnResult<Lease> {
  op.stage = FINISHED;
  return { done: true, value: lease };
}

/** What a limited acquire gives when its time was over. */
export function none(): undefined {
  return undefined;
}
