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
import { describeCycle } from "../runtime/deadlock.ts";
import { DeadlockError } from "../runtime/errors.ts";
import type { Fiber } from "../runtime/fiber.ts";
import { getCurrent, Greenlet } from "../runtime/greenlet.ts";
import { timers } from "../runtime/hub.ts";
import {
  consumed,
  current,
  DONE,
  FINISHED,
  Op,
  outside,
  park,
  type Waiter,
} from "../runtime/op.ts";
import { Timeout } from "../runtime/timeout.ts";
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

  protected override resumed(value: T): IteratorResult<undefined, T> {
    // The waiter is another when a second greenlet has got hold of an Op that waits.
    if (this.waiter !== current) throw consumed(this);
    return super.resumed(value);
  }

  /** Called when the lock was made its own: out of the line, `taker` being the owner. */
  abstract granted(): void;

  /** Those it has to wait for, each of them. */
  get blockers(): Iterable<Greenlet<unknown>> {
    const { holder } = this;
    return holder instanceof Greenlet ? [holder] : [];
  }
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
    if (this.mayCloseRing()) refuseRing(this);
    return parked;
  }

  /** Whether it is worth a look at more than the holder. */
  protected mayCloseRing(): boolean {
    const holder = this.holder as Greenlet<unknown> | null | undefined;
    return holder === this.taker || holder?.wait instanceof Contender;
  }

  /** Stepped by hand outside of any greenlet: goes well if nobody has to wait. */
  private stepOutside(): IteratorReturnResult<Lease> {
    const lease = this.source.take(getCurrent());
    if (lease === null) throw outside(this);
    return leased(this, lease);
  }
}

/** Raises a DeadlockError when `op`, which has just parked, closes a ring of greenlets that wait. */
function refuseRing(op: AcquireOp<Source>): void {
  const taker = op.taker!;
  let ring = findRing(taker, new Set());
  if (ring !== null) ring = findRing(taker, underTimeout());
  if (ring === null) return;
  const error = new DeadlockError(
    `Cannot go on waiting for ${Deno.inspect(op.subject)}: that closes a ring, ${
      describeCycle(ring)
    }; acquire locks in the same order everywhere, or with { timeout }`,
  );
  taker.wait = null;
  op.stage = FINISHED;
  op.cancel();
  throw error;
}

/**
 * The greenlets from `start` on of which each waits for the next and the last for the first, `null` when
 * there is no ring. Who waits with a timeout or in a `select` stands in another Op and has another way
 * out, and so have those in `free`.
 */
function findRing(
  start: Greenlet<unknown>,
  free: ReadonlySet<Fiber>,
): Greenlet<unknown>[] | null {
  if (free.has(start)) return null;
  const waitsFor = new Map<Greenlet<unknown>, Greenlet<unknown>>(); // by the one waited for
  const found = [start];
  for (let at = found.pop(); at !== undefined; at = found.pop()) {
    for (const each of (at.wait as Contender<unknown>).blockers) {
      if (each === start) {
        const ring = [at];
        while (at !== start) ring.push(at = waitsFor.get(at)!);
        return ring.reverse();
      }
      if (waitsFor.has(each) || free.has(each) || !(each.wait instanceof Contender)) continue;
      waitsFor.set(each, at);
      found.push(each);
    }
  }
  return null;
}

/** Those whom a Timeout of theirs gets out of whatever they wait for. */
function underTimeout(): Set<Fiber> {
  const found = new Set<Fiber>();
  for (const entry of timers.waiting) {
    if (entry instanceof Timeout && entry.starter !== null) found.add(entry.starter);
  }
  return found;
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
