// Copyright 2026 the Tendril authors. MIT license.
/**
 * Values in a ring of shared memory, and the Ops that put and take them: the inside of a SharedQueue and of
 * each direction of a SharedPipe.
 *
 * Invariants:
 * - A value is encoded once, before anything else is done: one that cannot be cloned changes nothing, and
 *   a later change of the object changes nothing either.
 * - What was taken is decoded before anybody else of this isolate can take.
 *
 * @module
 */
import { DONE as RESULT, type Op } from "../../op.ts";
import { decode } from "./decode.ts";
import { encode, scratchWords, trim } from "./encode.ts";
import { Gate, GateOp } from "./gate.ts";
import { DONE, FULL, MOST_RECORD, NOT_EMPTY, NOT_FULL, type Ring } from "./ring.ts";

/**
 * How the owner of a store speaks of it.
 *
 * @internal
 */
export interface StoreFace {
  /** The wait reason of those who put. */
  readonly putting: string;
  /** The wait reason of those who take. */
  readonly taking: string;
  /** What a putter gets when nothing can be put any more. */
  cannotPut(): Error;
  /** What a taker gets when there will be nothing any more. */
  cannotTake(): Error;
  /** Whether nobody is left on the other side, though it was not closed. */
  deserted(): boolean;
}

/** There is nothing to take now. */
export const NOTHING: unique symbol = Symbol("nothing");
/** There will be nothing to take any more. */
export const ENDED: unique symbol = Symbol("ended");

/** A ring, the gates on both sides of it, and the encoding of what lies in it. */
export class Store<T> {
  /** Who waits for room. */
  readonly notFull: Gate;
  /** Who waits for a value. */
  readonly notEmpty: Gate;

  /** Makes the store behind `face`. */
  constructor(readonly ring: Ring, readonly face: StoreFace) {
    this.notFull = new Gate(ring.cells, NOT_FULL);
    this.notEmpty = new Gate(ring.cells, NOT_EMPTY);
  }

  /** Encodes `value`; gives the number of bytes. */
  encode(value: T): number {
    const bytes = encode(value);
    if (bytes <= MOST_RECORD) return bytes;
    trim();
    throw new RangeError(
      `Cannot put a value of ${bytes} bytes into ${Deno.inspect(this.face)}: ` +
        `it takes at most ${MOST_RECORD}; put it in parts`,
    );
  }

  /** Puts what was encoded; false when there is no room. */
  offer(words: Int32Array, bytes: number): boolean {
    if (this.face.deserted()) throw this.face.cannotPut();
    const outcome = this.ring.put(words, bytes);
    if (outcome === FULL) return false;
    if (outcome !== DONE) throw this.face.cannotPut();
    this.notEmpty.signal(1);
    return true;
  }

  /** Puts `value` if there is room. */
  putNow(value: T): boolean {
    const bytes = this.encode(value);
    try {
      return this.offer(scratchWords, bytes);
    } finally {
      trim();
    }
  }

  /** Takes a value if there is one. */
  takeNow(): T | typeof NOTHING | typeof ENDED {
    const { ring } = this;
    if (ring.take() < 0) {
      if (!ring.closed && !this.face.deserted()) return NOTHING;
      // What was put before that is still to be had.
      if (ring.take() < 0) return ENDED;
    }
    const value = decode(ring.taken) as T;
    this.notFull.signal(1);
    return value;
  }

  /** Nothing can be put from now on; those who wait look again. */
  close(): void {
    this.ring.close();
    this.wakeAll();
  }

  /** Lets everybody look again. */
  wakeAll(): void {
    this.notFull.signal(Infinity);
    this.notEmpty.signal(Infinity);
  }
}

/** Puts a value: done when it is in the ring. */
export class StorePut<T> extends GateOp<void> {
  declare readonly store: Store<T>;
  declare private item: T | undefined;
  declare private words: Int32Array | null;
  declare private bytes: number;

  /** Makes a fresh Op. */
  constructor(store: Store<T>, item: T) {
    super(store.notFull);
    this.store = store;
    this.item = item;
    this.words = null;
    this.bytes = 0;
  }

  /** Shown in dumps. */
  get reason(): string {
    return this.store.face.putting;
  }

  /** What it puts into. */
  override get subject(): unknown {
    return this.store.face;
  }

  /** Puts if there is room and nobody was first. */
  override poll(): IteratorReturnResult<void> | null {
    const { store } = this;
    const bytes = store.encode(this.item as T);
    this.item = undefined;
    try {
      if (this.gate.line.head === null && store.offer(scratchWords, bytes)) {
        RESULT.value = undefined;
        return RESULT;
      }
      this.words = scratchWords.slice(0, bytes + 3 >> 2);
      this.bytes = bytes;
      return null;
    } finally {
      trim();
    }
  }

  /** Puts what was encoded before. */
  attempt(): IteratorReturnResult<void> | null {
    if (!this.store.offer(this.words!, this.bytes)) return null;
    RESULT.value = undefined;
    return RESULT;
  }
}

/** Takes a value. */
abstract class Taking<T, R> extends GateOp<R> {
  declare readonly store: Store<T>;

  constructor(store: Store<T>) {
    super(store.notEmpty);
    this.store = store;
  }

  get reason(): string {
    return this.store.face.taking;
  }

  override get subject(): unknown {
    return this.store.face;
  }
}

/** Takes a value; throws when there will be none. */
export class StoreTake<T> extends Taking<T, T> {
  /** Takes one if there is one. */
  attempt(): IteratorReturnResult<T> | null {
    const value = this.store.takeNow();
    if (value === NOTHING) return null;
    if (value === ENDED) throw this.store.face.cannotTake();
    RESULT.value = value;
    return RESULT;
  }
}

/** Takes a value as an iterator does: done when there will be none. */
export class StoreNext<T> extends Taking<T, IteratorResult<T, undefined>> {
  /** Takes one if there is one. */
  attempt(): IteratorReturnResult<IteratorResult<T, undefined>> | null {
    const value = this.store.takeNow();
    if (value === NOTHING) return null;
    RESULT.value = value === ENDED ? { done: true, value: undefined } : { done: false, value };
    return RESULT;
  }
}

/** Waits until a take would not wait; or tells at once whether that is so. */
export class StorePoll<T> extends Taking<T, boolean> {
  /** Makes a fresh Op. */
  constructor(store: Store<T>, readonly atOnce: boolean) {
    super(store);
  }

  /** Looks, also when others of this isolate wait to take. */
  override poll(): IteratorReturnResult<boolean> | null {
    return this.attempt();
  }

  /** Looks. */
  attempt(): IteratorReturnResult<boolean> | null {
    const { ring, face } = this.store;
    const ready = ring.size > 0 || ring.closed || face.deserted();
    if (!ready && !this.atOnce) return null;
    RESULT.value = ready;
    return RESULT;
  }
}

/** For `for await`: makes an iterator of the Ops that `next` gives. */
export function iterate<T>(
  next: () => Op<IteratorResult<T, undefined>>,
): AsyncIterableIterator<T> {
  return {
    next: async () => await next(),
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
