// Copyright 2026 the Tendril authors. MIT license.
/**
 * What the locks of one owner have in common.
 *
 * Invariants, beside those of contender.ts:
 * - `holder` is null exactly while the lock is free.
 * - `hold` numbers the present hold, and no two holds of one lock within reach have the same number:
 *   a lease of an earlier one gives nothing back.
 *
 * @module
 */
import { getCurrent, type Greenlet } from "../runtime/greenlet.ts";
import type { Contender, Source } from "./contender.ts";
import type { Lease } from "./lease.ts";
import { Line } from "./line.ts";
import type { NameOptions } from "./naming.ts";

/**
 * A hold that was given up for a while; its leases hold again when it is restored.
 *
 * @internal
 */
export interface Hold {
  /** Its number. */
  readonly hold: number;
  /** How many times the lock was acquired. */
  readonly levels: number;
}

/**
 * A lock that one greenlet holds at a time.
 *
 * @internal
 */
export abstract class Mutex implements Source {
  /** Shown in dumps, errors and deadlock reports. */
  readonly name: string | undefined;
  /** @internal */
  declare readonly line: Line<Contender<unknown>>;
  /** @internal */
  declare holder: Greenlet<unknown> | null;
  /** @internal */
  declare lastHold: number;
  /** @internal */
  declare hold: number;

  /** Makes a lock that is free. */
  constructor(options: NameOptions = {}) {
    this.name = options.name;
    this.line = new Line();
    this.holder = null;
    this.lastHold = this.hold = 0;
  }

  /** Whether somebody holds it. */
  get locked(): boolean {
    return this.holder !== null;
  }

  /** The greenlet that holds it, `null` when nobody does. */
  get owner(): Greenlet<unknown> | null {
    return this.holder;
  }

  /** Takes the lock if that is possible at once; gives `undefined` when it is not. */
  acquireNowait(): Lease | undefined {
    return this.take(getCurrent()) ?? undefined;
  }

  /** Gives the lock back. */
  abstract release(): void;

  /** @internal */
  abstract take(taker: Greenlet<unknown>): Lease | null;

  /** @internal */
  abstract grant(): Lease;

  /** @internal */
  abstract surrender(): Hold;

  /** @internal */
  abstract restore(taker: Greenlet<unknown>, hold: Hold): void;

  /** Gives it to the first that waits, or sets it free. */
  protected pass(): void {
    const next = this.line.shift();
    this.holder = next === null ? null : next.taker;
    if (next !== null) next.granted();
  }

  /** @internal */
  lent(mark: unknown): boolean {
    return this.hold === mark && this.holder !== null;
  }

  /** @internal */
  takeBack(): void {
    this.release();
  }
}
