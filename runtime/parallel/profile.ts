// Copyright 2026 the Tendril authors. MIT license.
/**
 * What a pool knows of a function: how to send it, and how long it takes, which decides how many of its
 * items go to a worker in one message.
 *
 * @module
 */
import type { Definition } from "./load.ts";

/** How much work a message is to bring, in milliseconds: a message costs some hundredths of that. */
const BATCH_MS = 1;
/** How many items a message brings at most. */
const MOST = 16_384;
/** A batch is at most so many times as large as the last: the items to come may be others. */
const GROWTH = 8;

/** One function of a pool. */
export class Profile {
  /** Its number in messages. */
  readonly id: number;
  /** How a worker comes by it. */
  readonly definition: Definition;
  /** Whether its items go on in greenlets of the worker; known from the first outcomes at the latest. */
  late: boolean;
  #perItem = 0;
  #cap = 1;

  /** Makes the profile of a function that has not run yet. */
  constructor(id: number, definition: Definition, late: boolean) {
    this.id = id;
    this.definition = definition;
    this.late = late;
  }

  /** How many items to send in one message. */
  get batchSize(): number {
    return Math.max(1, Math.min(this.#cap, Math.floor(BATCH_MS / this.#perItem)));
  }

  /** Whether a batch of this size is over so soon that another may wait behind it. */
  isShort(size: number): boolean {
    return this.#cap > 1 && size * this.#perItem <= 2 * BATCH_MS;
  }

  /** Takes note of how long some items took, sending included, in milliseconds. */
  learn(elapsed: number, count: number): void {
    const perItem = Math.max(elapsed / count, 1e-6);
    this.#perItem = this.#cap === 1 && count === 1 && this.#perItem === 0
      ? perItem
      : (this.#perItem + perItem) / 2;
    this.#cap = Math.min(MOST, Math.max(this.#cap, count * GROWTH));
  }
}
