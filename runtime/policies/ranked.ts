// Copyright 2026 the Tendril authors. MIT license.
/**
 * A policy by rank: the ready greenlet with the least rank goes on, among equals the one that has been
 * ready for longest. The rank is looked at when a greenlet becomes ready.
 *
 * @module
 */
import { BinaryHeap } from "@std/data-structures/binary-heap";
import type { Greenlet } from "../greenlet.ts";
import { checkOptions, type Policy, type PolicyQueue } from "./policy.ts";

interface Entry {
  readonly greenlet: Greenlet<unknown>;
  readonly rank: number;
  readonly age: number;
}

class RankedQueue implements PolicyQueue {
  readonly #rankOf: (greenlet: Greenlet<unknown>) => number;
  readonly #heap = new BinaryHeap<Entry>((a, b) =>
    a.rank === b.rank ? a.age - b.age : a.rank < b.rank ? -1 : 1
  );
  #arrivals = 0;

  constructor(rankOf: (greenlet: Greenlet<unknown>) => number) {
    this.#rankOf = rankOf;
  }

  add(greenlet: Greenlet<unknown>): void {
    this.#heap.push({ greenlet, rank: this.#rankOf(greenlet), age: this.#arrivals++ });
  }

  addBack(greenlet: Greenlet<unknown>): void {
    this.add(greenlet);
  }

  next(): Greenlet<unknown> | null {
    return this.#heap.pop()?.greenlet ?? null;
  }
}

/** Makes a policy that takes no options. */
export function ranked(
  name: string,
  options: object,
  rankOf: (greenlet: Greenlet<unknown>) => number,
): Policy {
  checkOptions(name, options, []);
  return { name, queue: () => new RankedQueue(rankOf) };
}
