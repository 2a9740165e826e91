// Copyright 2026 the Tendril authors. MIT license.
/**
 * The inside of a Channel and of one direction of a Pipe: a buffer between those who send and those
 * who receive, and the Ops that stand on either side of it.
 *
 * Invariants:
 * - While somebody waits to receive, the buffer is empty. While somebody waits to send, it is full.
 * - So both wait only at capacity 0, and only from one `select` or from several that hold both ends: an
 *   Op looks at the other side before it parks, and a `select` looks before any of its Ops does.
 * - Nobody waits once it is closed.
 * - `room` is how many items fit without a further look: 0 when closed.
 *
 * An Op that is used up is used again by the next call of `send` or `receive`: in a loop nothing is
 * allocated, and there are no links from old objects to young ones. It stays used up until then, so
 * whoever kept one and uses it twice gets the TypeError. One that is wrapped, in a limit of its time, is
 * not among them: while the wrapper looks before it waits, it seems used up.
 *
 * @module
 */
import * as ops from "../runtime/op.ts";
import {
  consumed,
  current,
  Op,
  outside,
  steppedByHand,
  tired,
  type Waiter,
} from "../runtime/op.ts";
import { Line, type Place } from "./line.ts";
import { Ring } from "./ring.ts";

// Constants of this module are part of its compiled code; imported ones are loaded each time.
const { DONE, FINISHED, FRESH, PARKED, WAITING } = ops;

/** Beyond this capacity a sender must be made to give way, else it could send for long. */
const VAST = 1000;

/** How the face of an exchange speaks of it. */
export interface Manner {
  /** The wait reason of a sender. */
  readonly sending: string;
  /** The wait reason of a receiver. */
  readonly receiving: string;
  /** What a sender gets once it is closed. */
  cannotSend(exchange: Exchange<unknown>): Error;
  /** What a receiver gets once it is closed and drained. */
  cannotReceive(exchange: Exchange<unknown>): Error;
}

/** A buffer with two sides. */
export class Exchange<T> extends Ring<T> {
  /** What those who send see of it. */
  declare readonly entrance: object;
  /** What those who receive see of it. */
  declare readonly exit: object;
  declare readonly manner: Manner;
  declare readonly capacity: number;
  declare readonly vast: boolean;
  declare room: number;
  declare closed: boolean;
  /** Why it was closed. */
  declare cause: unknown;
  declare readonly senders: Line<SendOp<T>>;
  declare readonly receivers: Line<Receiver<T>>;
  declare spareSend: SendOp<T> | null;
  declare spareReceive: ReceiveOp<T> | null;

  /** Makes one that is empty and open. */
  constructor(entrance: object, exit: object, manner: Manner, capacity: number) {
    super();
    this.entrance = entrance;
    this.exit = exit;
    this.manner = manner;
    this.capacity = capacity;
    this.vast = capacity > VAST;
    this.room = Math.min(capacity, this.slots.length);
    this.closed = false;
    this.cause = undefined;
    this.senders = new Line();
    this.receivers = new Line();
    this.spareSend = null;
    this.spareReceive = null;
  }

  /** An Op that sends `item`. */
  send(item: T): SendOp<T> {
    const spare = this.spareSend;
    if (spare !== null && spare.stage === FINISHED) {
      spare.stage = FRESH;
      spare.item = item;
      return spare;
    }
    return this.spareSend = new SendOp(this, item);
  }

  /** An Op that receives an item. */
  receive(): ReceiveOp<T> {
    const spare = this.spareReceive;
    if (spare !== null && spare.stage === FINISHED) {
      spare.stage = FRESH;
      return spare;
    }
    return this.spareReceive = new ReceiveOp(this);
  }

  /** Whether an item can be received at once. */
  get available(): boolean {
    return this.size > 0 || this.senders.head !== null;
  }

  /** Whether a receiver would not wait. */
  get readable(): boolean {
    return this.available || this.closed;
  }

  /** Hands `item` to somebody who waits, or stores it; false when there is no room. */
  offer(item: T): boolean {
    let receiver: Receiver<T> | null;
    while ((receiver = this.receivers.shift()) !== null) {
      if (receiver.deliver(item)) return true;
    }
    if (this.closed) throw this.manner.cannotSend(this);
    if (this.size >= this.capacity) return false;
    this.put(item);
    return true;
  }

  /** Takes an item, which must be available, and lets the first sender's item move up. */
  accept(): T {
    const sender = this.senders.shift();
    if (sender === null) return this.take();
    const item = sender.surrender();
    if (this.size === 0) return item;
    const first = this.take();
    this.put(item);
    return first;
  }

  /** Nothing can be sent from now on. What is stored can still be received. */
  close(cause: unknown): void {
    if (this.closed) return;
    this.closed = true;
    this.cause = cause;
    this.room = 0;
    const { senders, receivers } = this;
    if (senders.head !== null) {
      const error = this.manner.cannotSend(this);
      for (let op = senders.shift(); op !== null; op = senders.shift()) op.refuse(error);
    }
    if (receivers.head !== null) {
      const error = this.manner.cannotReceive(this);
      for (let op = receivers.shift(); op !== null; op = receivers.shift()) op.refuse(error);
    }
  }

  /** Drops everything that is stored. */
  drop(): void {
    while (this.size > 0) this.take();
  }

  override grow(): void {
    super.grow();
    if (!this.closed) this.room = Math.min(this.capacity, this.slots.length);
  }

  override shrink(): void {
    super.shrink();
    if (!this.closed) this.room = Math.min(this.capacity, this.slots.length);
  }
}

/** An Op that stands on one side of an exchange. */
abstract class Side<T, R> extends Op<R> implements Place {
  declare readonly exchange: Exchange<T>;
  declare waiter: Waiter | null;
  declare before: Place | null;
  declare after: Place | null;

  constructor(exchange: Exchange<T>) {
    super();
    this.exchange = exchange;
    this.waiter = null;
    this.before = null;
    this.after = null;
  }

  /** It was closed; the Op is out of the line. */
  refuse(error: Error): void {
    const { waiter } = this;
    this.waiter = null;
    waiter!.fail(error);
  }

  protected override resumed(value: R): IteratorResult<undefined, R> {
    // The waiter is another when a second greenlet has got hold of an Op that waits.
    if (this.stage !== WAITING || this.waiter !== current) throw consumed(this);
    const result = super.resumed(value);
    this.waiter = null;
    this.recycle();
    return result;
  }

  /** Is the next to be used again: its greenlet goes on, and most likely comes back. */
  abstract recycle(): void;
}

/** Sends an item: done when it is stored or taken. */
export class SendOp<T> extends Side<T, void> {
  declare item: T | undefined;

  /** Makes a fresh Op. */
  constructor(exchange: Exchange<T>, item: T) {
    super(exchange);
    this.item = item;
  }

  /** Shown in dumps. */
  get reason(): string {
    return this.exchange.manner.sending;
  }

  /** Shown in dumps. */
  override get subject(): unknown {
    return this.exchange.entrance;
  }

  // deno-lint-ignore no-explicit-any -- the waker's value, see OpIterator
  override next(value?: any): IteratorResult<undefined, void> {
    if (this.stage !== FRESH) return this.resumed(value);
    const { exchange } = this;
    // Receivers give way often enough for both sides, unless there is much room.
    if (exchange.vast && tired()) return PARKED;
    const { size, receivers } = exchange;
    if (size < exchange.room && receivers.head === null) {
      exchange.slots[(exchange.head + size) & exchange.mask] = this.item;
      exchange.size = size + 1;
      this.item = undefined;
      this.stage = FINISHED;
      DONE.value = undefined;
      return DONE;
    }
    // Handing an item over is like storing it, but there may be many channels on which somebody waits.
    if (tired()) return PARKED;
    const receiver = receivers.shift();
    if (receiver !== null && receiver.deliver(this.item as T)) {
      this.item = undefined;
      this.stage = FINISHED;
      DONE.value = undefined;
      return DONE;
    }
    this.stage = FINISHED;
    if (exchange.offer(this.item as T)) {
      this.item = undefined;
      this.stage = FINISHED;
      DONE.value = undefined;
      return DONE;
    }
    const waiter = current;
    if (waiter === null) throw outside(this);
    if (waiter.wait !== null) throw steppedByHand(waiter.wait);
    waiter.wait = this;
    this.waiter = waiter;
    exchange.senders.push(this);
    this.stage = WAITING;
    return PARKED;
  }

  /** Sends if there is room or somebody waits. */
  poll(): IteratorReturnResult<void> | null {
    if (!this.exchange.offer(this.item as T)) return null;
    this.item = undefined;
    DONE.value = undefined;
    return DONE;
  }

  /** Stands in line. */
  park(waiter: Waiter): void {
    this.waiter = waiter;
    this.exchange.senders.push(this);
  }

  /** Leaves the line. */
  cancel(): void {
    this.waiter = null;
    this.item = undefined;
    this.exchange.senders.remove(this);
  }

  /** It was closed, and the item was not sent. */
  override refuse(error: Error): void {
    this.item = undefined;
    super.refuse(error);
  }

  /** Is the next to be used again. */
  recycle(): void {
    const { exchange } = this;
    if (exchange.spareSend !== this) exchange.spareSend = this;
  }

  /** Its item is taken from it; it is out of the line. */
  surrender(): T {
    const item = this.item as T;
    this.item = undefined;
    this.waiter!.wake(undefined);
    return item;
  }
}

/** Somebody who waits for an item. */
export abstract class Receiver<T, R = unknown> extends Side<T, R> {
  /** Shown in dumps. */
  get reason(): string {
    return this.exchange.manner.receiving;
  }

  /** Shown in dumps. */
  override get subject(): unknown {
    return this.exchange.exit;
  }

  /** Gets an item; it is out of the line. False when it was only looking. */
  abstract deliver(item: T): boolean;

  /** Is made anew each time. */
  recycle(): void {}

  /** Stands in line. */
  park(waiter: Waiter): void {
    this.exchange.shrink();
    this.waiter = waiter;
    this.exchange.receivers.push(this as Receiver<T>);
  }

  /** Leaves the line. */
  cancel(): void {
    this.waiter = null;
    this.exchange.receivers.remove(this as Receiver<T>);
  }
}

/** Receives an item; throws when there will be none. */
export class ReceiveOp<T> extends Receiver<T, T> {
  // deno-lint-ignore no-explicit-any -- the waker's value, see OpIterator
  override next(value?: any): IteratorResult<undefined, T> {
    if (this.stage !== FRESH) return this.resumed(value);
    if (tired()) return PARKED;
    const { exchange } = this;
    const { size } = exchange;
    if (exchange.senders.head !== null) {
      this.stage = FINISHED;
      DONE.value = exchange.accept();
      return DONE;
    }
    if (size > 0) {
      const { slots, head } = exchange;
      const item = slots[head] as T;
      slots[head] = undefined;
      exchange.head = (head + 1) & exchange.mask;
      exchange.size = size - 1;
      this.stage = FINISHED;
      DONE.value = item;
      return DONE;
    }
    if (exchange.closed) {
      this.stage = FINISHED;
      throw exchange.manner.cannotReceive(exchange);
    }
    const waiter = current;
    if (waiter === null) throw outside(this);
    if (waiter.wait !== null) throw steppedByHand(waiter.wait);
    waiter.wait = this;
    this.waiter = waiter;
    exchange.shrink();
    exchange.receivers.push(this);
    this.stage = WAITING;
    return PARKED;
  }

  /** Receives if there is an item. */
  poll(): IteratorReturnResult<T> | null {
    const { exchange } = this;
    if (exchange.available) {
      DONE.value = exchange.accept();
      return DONE;
    }
    if (!exchange.closed) return null;
    throw exchange.manner.cannotReceive(exchange);
  }

  /** Gets the item. */
  deliver(item: T): boolean {
    this.waiter!.wake(item);
    return true;
  }

  /** Is the next to be used again. */
  override recycle(): void {
    const { exchange } = this;
    if (exchange.spareReceive !== this) exchange.spareReceive = this;
  }
}

/** Receives an item as an iterator does: done when there will be none. */
export class NextOp<T> extends Receiver<T, IteratorResult<T, undefined>> {
  /** Receives if there is an item. */
  poll(): IteratorReturnResult<IteratorResult<T, undefined>> | null {
    const { exchange } = this;
    if (exchange.available) DONE.value = { done: false, value: exchange.accept() };
    else if (exchange.closed) DONE.value = { done: true, value: undefined };
    else return null;
    return DONE;
  }

  /** Gets the item. */
  deliver(item: T): boolean {
    this.waiter!.wake({ done: false, value: item });
    return true;
  }

  /** Ends. */
  override refuse(): void {
    this.waiter!.wake({ done: true, value: undefined });
  }
}

/** Waits until there is something to receive, or never will be; takes nothing. */
export class PollOp<T> extends Receiver<T, boolean> {
  /** Looks. */
  poll(): IteratorReturnResult<boolean> | null {
    if (!this.exchange.readable) return null;
    DONE.value = true;
    return DONE;
  }

  /** Sees that there is an item. */
  deliver(): boolean {
    this.waiter!.wake(true);
    return false;
  }

  /** Sees that there will be none. */
  override refuse(): void {
    this.waiter!.wake(true);
  }
}
