// Copyright 2026 the Tendril authors. MIT license.
/**
 * An Op that stands in the line of what it waits for, and is itself the node there.
 *
 * @module
 */
import { consumed, current, Op, type Waiter } from "../runtime/op.ts";
import type { Line, Place } from "./line.ts";

/** Waits in the line of `source`. */
export abstract class LineOp<T, S extends { readonly line: Line<Place> }> extends Op<T>
  implements Place {
  declare readonly source: S;
  declare waiter: Waiter | null;
  declare before: Place | null;
  declare after: Place | null;

  /** Makes a fresh Op. */
  constructor(source: S) {
    super();
    this.source = source;
    this.waiter = null;
    this.before = null;
    this.after = null;
  }

  /** What it waits for. */
  override get subject(): unknown {
    return this.source;
  }

  protected override resumed(value: T): IteratorResult<undefined, T> {
    // The waiter is another when a second greenlet has got hold of an Op that waits.
    if (this.waiter !== current) throw consumed(this);
    return super.resumed(value);
  }

  /** Stands in line. */
  park(waiter: Waiter): void {
    this.waiter = waiter;
    this.source.line.push(this);
  }

  /** Leaves the line. */
  cancel(): void {
    this.source.line.remove(this);
  }
}

/** What a limited wait gives when its time was over. */
export function late(): boolean {
  return false;
}
