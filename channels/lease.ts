// Copyright 2026 the Tendril authors. MIT license.
/**
 * A lease is the right to what was acquired, to be given back once: `using _ = yield* lock.acquire()`.
 *
 * @module
 */

/**
 * What a lease is of: a lock, a semaphore, one side of an RWLock.
 *
 * @internal
 */
export interface Lender {
  /** Whether what the lease with this mark stands for is still held. */
  lent(mark: unknown): boolean;
  /** Gives back what the lease with this mark stands for. */
  takeBack(mark: unknown): void;
}

/**
 * The right to a lock that was acquired. It gives the lock back once, by `release()` or at the end of
 * a `using` block; afterwards it does nothing. Give each acquire back one way only: by its lease, or by
 * `release()` of the lock.
 *
 * @example Usage
 * ```ts
 * import { Lock, run } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   const lock = new Lock();
 *   {
 *     using _ = yield* lock.acquire();
 *     assertEquals(lock.locked, true);
 *   }
 *   assertEquals(lock.locked, false);
 * });
 * ```
 */
export class Lease implements Disposable {
  // `declare`, set in the constructor: there is one for each acquire, see runtime/op.ts.
  declare private lender: Lender | null;
  declare private mark: unknown;

  /**
   * Called by what is acquired.
   *
   * @internal
   */
  constructor(lender: Lender, mark: unknown) {
    this.lender = lender;
    this.mark = mark;
  }

  /** Whether there is nothing left to give back. */
  get released(): boolean {
    return this.lender === null || !this.lender.lent(this.mark);
  }

  /**
   * Gives the lock back; a second time it does nothing.
   *
   * @throws {LockError} If it is of an RLock that another greenlet holds. Then it can still be released.
   */
  release(): void {
    const { lender } = this;
    if (lender === null) return;
    if (lender.lent(this.mark)) lender.takeBack(this.mark);
    this.lender = null;
  }

  /** Gives the lock back at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.release();
  }

  /** What `Deno.inspect` and `console.log` show. */
  [Symbol.for("Deno.customInspect")](inspect: typeof Deno.inspect): string {
    return this.released ? "<Lease, released>" : `<Lease of ${inspect(this.lender)}>`;
  }
}
