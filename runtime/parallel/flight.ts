// Copyright 2026 the Tendril authors. MIT license.
/**
 * Items that were sent to a worker in one message, and what has been heard of them.
 *
 * Invariants: items before `told` have ended or are in `late`; those from there up to `size` have not been
 * heard of. Places count from the first item of the message.
 *
 * @module
 */
import type { Batch, Slot } from "./work.ts";

/** Who has the items. */
export interface Carrier {
  /** Its name. */
  readonly name: string;
  /** Nobody waits for an item any more. */
  evict(flight: Flight, place: number): void;
  /** Nobody waits for any of its items any more. */
  evictAll(flight: Flight): void;
  /** Takes back the items that have not begun, of all flights. */
  recall(): void;
}

/** Items on their way. */
export class Flight implements Slot {
  readonly batch: Batch;
  readonly #carrier: Carrier;
  /** The number of the first item. */
  readonly first: number;
  /** How many items there are; fewer than in the batch when the rest was taken back. */
  size: number;
  /** How many of them have been heard of. */
  told = 0;
  /** The places of those that go on in greenlets. */
  late: Set<number> | null = null;
  /** How long it took so far, sending included, in milliseconds. */
  spent = 0;
  /** Calls off the end of an item that does not end by itself. */
  watch: (() => void) | undefined;
  /** The place of the item that was asked to stop and did not answer yet. */
  asked = -1;

  /** Makes the flight of `batch`, whose first item has this number. */
  constructor(batch: Batch, first: number, carrier: Carrier) {
    this.batch = batch;
    this.#carrier = carrier;
    this.first = first;
    this.size = batch.size;
  }

  /** Part of `Slot`. */
  get worker(): string {
    return this.#carrier.name;
  }

  /** Part of `Slot`. */
  evict(place: number): void {
    this.#carrier.evict(this, place);
  }

  /** Part of `Slot`. */
  evictAll(): void {
    this.#carrier.evictAll(this);
  }

  /** Part of `Slot`. */
  recall(): void {
    this.#carrier.recall();
  }

  /** Whether the item with this number is among them. */
  has(item: number): boolean {
    return item >= this.first && item < this.first + this.size;
  }

  /** Whether all items have begun. */
  get begun(): boolean {
    return this.told === this.size;
  }

  /** Whether all items have ended. */
  get landed(): boolean {
    return this.begun && (this.late === null || this.late.size === 0);
  }

  /** The places of the items that have not been heard of. */
  get untold(): number[] {
    return Array.from({ length: this.size - this.told }, (_, i) => this.told + i);
  }

  /** The items up to `end` have begun and go on in greenlets, but for those that have ended already. */
  begin(end: number): void {
    this.late ??= new Set(this.untold);
    this.told = end;
  }

  /** An item that went on in a greenlet has ended; it may be heard of before its beginning is. */
  land(place: number): void {
    this.late ??= new Set(this.untold);
    this.late.delete(place);
  }
}
