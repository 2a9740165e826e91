// Copyright 2026 the Tendril authors. MIT license.
/**
 * The worker's mouth: tells the pool how items ended, together where that is possible.
 *
 * Invariants:
 * - What ended of the run on the stack and has not been told is in `#values`, by place; what failed of it
 *   is in `#failures` too, and what goes on in a greenlet in `#lates`.
 * - The outcome of a call that came by mail goes by mail. Once a message is sent instead, or nothing is
 *   left to be said, the pool is told to look for the answer elsewhere.
 *
 * @module
 */
import { show } from "../clock.ts";
import { claimed } from "./control.ts";
import { copyLarge } from "./large.ts";
import { answerElsewhere, answerMail } from "./mail.ts";
import { packNumbers } from "./numbers.ts";
import * as protocol from "./protocol.ts";
import type { Failure, FromWorker } from "./protocol.ts";
import { packError } from "./remote_error.ts";
import { pack } from "./shared/transport.ts";

const { LATE, LEAVING, OUTCOMES, PROGRESS, STRAY } = protocol;

/** How a server speaks to its pool. */
export interface Speaker {
  /** Whether memory can be moved to the pool. */
  readonly moves: boolean;
  /** Whether it has a thread of its own, which may wait at its mailbox. */
  readonly hasMailbox: boolean;
  /** Sends a message. */
  post(message: FromWorker, transfer: Transferable[]): void;
  /** Ends this isolate, after `LEAVING` was sent. */
  leave(): void;
}

/** How an item ended that went on in a greenlet. */
interface LateOutcome {
  readonly item: number;
  readonly failure: Failure | null;
  readonly value: unknown;
}

/** Tells a pool what comes of its items. */
export class Teller {
  readonly #speaker: Speaker;
  readonly #control: Int32Array;
  #silent = false;
  // The run that is on the stack.
  #first = 0;
  #values: unknown[] = [];
  #failures: [number, Failure][] | null = null;
  #lates: number[] | null = null;
  #since = 0;
  /** Outcomes of items that went on in greenlets, to be told together. */
  #told: LateOutcome[] = [];
  /** Tells whether the worker may wait at its mailbox; `null` unless the answer is due there. */
  #mayWait: (() => boolean) | null = null;
  /** Whether the pool was told that it waits there. */
  #waits = false;

  /** Makes one that speaks through `speaker`. */
  constructor(speaker: Speaker, control: Int32Array) {
    this.#speaker = speaker;
    this.#control = control;
  }

  /** Whether everything was told. */
  get done(): boolean {
    return this.#told.length === 0 && this.#values.length === 0;
  }

  /** For how long the run goes on since it was told of, in milliseconds. */
  get elapsed(): number {
    return performance.now() - this.#since;
  }

  /** Sends a message, unless this worker has left. */
  post(message: FromWorker, transfer: Transferable[] = []): void {
    this.#lookElsewhere();
    if (!this.#silent) this.#speaker.post(message, transfer);
  }

  #lookElsewhere(): void {
    if (this.#mayWait === null) return;
    this.#mayWait = null;
    answerElsewhere(this.#control);
  }

  /** A call came by mail; `mayWait` tells whether the worker may wait for another. */
  beginMail(mayWait: () => boolean): void {
    this.#mayWait = mayWait;
    this.#waits = false;
  }

  /** What there is to be said of that call was said; tells whether the pool thinks that the worker waits. */
  endMail(): boolean {
    this.#lookElsewhere();
    return this.#waits;
  }

  /** A run begins with the item of this number. */
  open(first: number): void {
    this.#open(first, performance.now());
  }

  #open(first: number, now: number): void {
    this.#first = first;
    this.#values = [];
    this.#failures = this.#lates = null;
    this.#since = now;
  }

  /** The next item of the run has a value. */
  succeed(value: unknown): void {
    this.#values.push(value);
  }

  /** The next item of the run failed. */
  fail(failure: Failure): void {
    (this.#failures ??= []).push([this.#values.length, failure]);
    this.#values.push(undefined);
  }

  /** The next item of the run goes on in a greenlet. */
  adopt(): void {
    (this.#lates ??= []).push(this.#values.length);
    this.#values.push(undefined);
  }

  /** Tells what is known of the run. */
  flush(): void {
    const values = this.#values;
    if (values.length === 0) return;
    const first = this.#first;
    const failures = this.#failures;
    const lates = this.#lates;
    const now = performance.now();
    const elapsed = now - this.#since;
    this.#open(first + values.length, now);
    if (this.#mayWait !== null && failures === null && lates === null) {
      const waits = this.#mayWait();
      if (answerMail(this.#control, [values[0], elapsed], waits)) {
        this.#mayWait = null;
        this.#waits = waits;
        return;
      }
    }
    const transfer: Transferable[] = [];
    try {
      const packed = failures === null && lates === null
        ? this.#packValues(values, transfer)
        : pack(values, transfer);
      this.post([OUTCOMES, first, packed, failures, lates, elapsed], transfer);
    } catch {
      this.#flushEach(first, values, failures, lates, elapsed);
    }
  }

  /** Numbers go as one block of memory; that and other large ones are moved. */
  #packValues(values: unknown[], transfer: Transferable[]): unknown {
    const floats = packNumbers(values);
    if (floats !== undefined) {
      transfer.push(floats.buffer);
      return floats;
    }
    const packed = pack(values, transfer);
    return this.#speaker.moves && Array.isArray(packed) ? copyLarge(packed, transfer) : packed;
  }

  /** One of the values cannot be sent; the others are. */
  #flushEach(
    first: number,
    values: unknown[],
    failures: [number, Failure][] | null,
    lates: number[] | null,
    elapsed: number,
  ): void {
    values.forEach((value, place) => {
      let failure = failures?.find(([at]) => at === place)?.[1] ?? null;
      const late = lates?.includes(place) ? [0] : null;
      const share = elapsed / values.length;
      const tell = (value: unknown) => {
        const transfer: Transferable[] = [];
        const failed: [number, Failure][] | null = failure === null ? null : [[0, failure]];
        const packed = pack([value], transfer);
        this.post([OUTCOMES, first + place, packed, failed, late, share], transfer);
      };
      try {
        tell(value);
      } catch (error) {
        failure = unsendable(error);
        tell(undefined);
      }
    });
  }

  /** Tells how an item ended that went on in a greenlet, along with those of the same turn. */
  tellLate(item: number, failure: Failure | null, value: unknown): void {
    if (this.#told.length === 0) queueMicrotask(() => this.flushLate());
    this.#told.push({ item, failure, value });
  }

  /** Tells that now. */
  flushLate(): void {
    const told = this.#told;
    if (told.length === 0) return;
    this.#told = [];
    try {
      this.#postLate(told);
    } catch {
      for (const one of told) {
        try {
          this.#postLate([one]);
        } catch (error) {
          this.#postLate([{ item: one.item, failure: unsendable(error), value: undefined }]);
        }
      }
    }
  }

  #postLate(told: LateOutcome[]): void {
    const transfer: Transferable[] = [];
    const values = pack(told.map((one) => one.value), transfer);
    const failures = told.map((one) => one.failure);
    this.post([LATE, told.map((one) => one.item), failures, values], transfer);
  }

  /**
   * Sends what an item reports on its way.
   *
   * @throws {TypeError} If it cannot be sent.
   */
  report(item: number, value: unknown): void {
    const transfer: Transferable[] = [];
    try {
      this.post([PROGRESS, item, pack([value], transfer)], transfer);
    } catch (cause) {
      throw new TypeError(`Cannot report ${show(value)}: it cannot be sent`, { cause });
    }
  }

  /** Tells of an error that belongs to no item. */
  stray(error: unknown): void {
    this.post([STRAY, packError(error)]);
  }

  /** Tells what is known, says that the worker ends, and why, and ends it. */
  leave(why: string, exitCode: number | undefined): void {
    this.flush();
    this.flushLate();
    this.post([LEAVING, why, exitCode, claimed(this.#control)]);
    this.hush();
    this.#speaker.leave();
  }

  /** Nobody listens any more. */
  hush(): void {
    this.#silent = true;
  }
}

function unsendable(error: unknown): Failure {
  return packError(
    new TypeError(
      `Cannot send the result of a task back: ${(error as Error).message} Return plain data`,
      { cause: error },
    ),
  );
}
