// Copyright 2026 the Tendril authors. MIT license.
// Everything that passes items from one to another, behind one face, and a model of what it does.

import {
  Channel,
  ChannelClosedError,
  EOFError,
  LifoQueue,
  type Op,
  Pipe,
  PriorityQueue,
  Queue,
  QueueEmpty,
  QueueFull,
  QueueShutDown,
  SimpleQueue,
  spawn,
  Timeout,
  type WaitOptions,
} from "@tendril/tendril";
import { ManualClock } from "../../manual_clock.ts";

/** What all of them can do. */
export interface Face {
  readonly object: object;
  put(item: number, options?: WaitOptions): Op<void>;
  get(options?: WaitOptions): Op<number>;
  next(): Op<IteratorResult<number, undefined>>;
  /** False when there is no room. */
  tryPut(item: number): boolean;
  /** Undefined when there is nothing. */
  tryGet(): number | undefined;
  /** Absent where there is no such thing. */
  close?(): void;
  size(): number;
  putters(): number;
  getters(): number;
}

// deno-lint-ignore no-explicit-any -- any error class
type ErrorClass = new (...args: any[]) => Error;

/** One of them. */
export interface Kind {
  readonly name: string;
  readonly capacity: number;
  readonly order: "fifo" | "lifo" | "least";
  /** What a put throws when its timeout is over, when closed, and the same of a get. */
  readonly full: ErrorClass;
  readonly empty: ErrorClass;
  readonly closedPut: ErrorClass;
  readonly closedGet: ErrorClass;
  make(): Face;
}

function channel(capacity: number): Kind {
  return {
    name: `Channel(${capacity})`,
    capacity,
    order: "fifo",
    full: Timeout,
    empty: Timeout,
    closedPut: ChannelClosedError,
    closedGet: ChannelClosedError,
    make() {
      const object = new Channel<number>(capacity);
      return {
        object,
        put: (item, options) => object.send(item, options),
        get: (options) => object.receive(options),
        next: () => object.next(),
        tryPut: (item) => object.trySend(item),
        tryGet: () => object.tryReceive(),
        close: () => object.close(),
        size: () => object.size,
        putters: () => object.stats().waitingSenders,
        getters: () => object.stats().waitingReceivers,
      };
    },
  };
}

/** What `act` gives, `otherwise` when it throws a `kind`. */
function unless<T>(kind: ErrorClass, act: () => T, otherwise: T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof kind) return otherwise;
    throw error;
  }
}

function queue(
  make: (maxsize: number) => SimpleQueue<number>,
  capacity: number,
  order: Kind["order"] = "fifo",
): Kind {
  const maxsize = capacity === Infinity ? 0 : capacity;
  return {
    name: `${make(0).constructor.name}(${maxsize})`,
    capacity,
    order,
    full: QueueFull,
    empty: QueueEmpty,
    closedPut: QueueShutDown,
    closedGet: QueueShutDown,
    make() {
      const object = make(maxsize);
      const face: Face = {
        object,
        put: (item, options) => object.put(item, options),
        get: (options) => object.get(options),
        next: () => object.next(),
        tryPut: (item) => unless(QueueFull, () => (object.putNowait(item), true), false),
        tryGet: () => unless(QueueEmpty, () => object.getNowait(), undefined),
        size: () => object.qsize(),
        putters: () => object.stats().waitingPutters,
        getters: () => object.stats().waitingGetters,
      };
      if (object instanceof Queue) face.close = () => object.shutdown();
      return face;
    },
  };
}

function pipe(capacity: number): Kind {
  return {
    name: `Pipe(${capacity})`,
    capacity,
    order: "fifo",
    full: Timeout,
    empty: Timeout,
    closedPut: ChannelClosedError,
    closedGet: EOFError,
    make() {
      const [reader, writer] = Pipe<number>({ duplex: false, capacity });
      const { object, size, putters, getters } = {
        object: reader,
        size: () => reader.stats().size,
        putters: () => writer.stats().waitingSenders,
        getters: () => reader.stats().waitingReceivers,
      };
      const face: Face = {
        object,
        put: (item, options) => writer.send(item, options),
        get: (options) => reader.recv(options),
        next: () => reader.next(),
        tryPut: (item) => now(writer.send(item), putters) === undefined,
        tryGet: () => now(reader.recv(), getters) ?? undefined,
        close: () => writer.close(),
        size,
        putters,
        getters,
      };
      return face;
    },
  };
}

/** What `op` gives at once, as `select` with a default does; null when it would wait. */
function now<T>(op: Op<T>, _waiting: () => number): T | null {
  const result = op.poll();
  return result === null ? null : result.value;
}

/** All of them. */
export const kinds: Kind[] = [
  channel(0),
  channel(1),
  channel(3),
  channel(Infinity),
  queue((maxsize) => new Queue(maxsize), 1),
  queue((maxsize) => new Queue(maxsize), 3),
  queue((maxsize) => new Queue(maxsize), Infinity),
  queue((maxsize) => new LifoQueue(maxsize), 3, "lifo"),
  queue((maxsize) => new PriorityQueue(maxsize), 3, "least"),
  queue((maxsize) => new SimpleQueue(maxsize), 2),
  queue((maxsize) => new SimpleQueue(maxsize), Infinity),
  pipe(2),
  pipe(Infinity),
];

/** What they do, in the plainest way: who waits and what is stored, in arrays. */
export class Model<P, G> {
  readonly stored: number[] = [];
  readonly putters: { item: number; who: P }[] = [];
  readonly getters: G[] = [];

  constructor(
    readonly kind: Pick<Kind, "capacity" | "order">,
    /** Told of a putter whose item was stored or taken. */
    readonly done: (who: P) => void,
    /** Told of a getter and what it got. */
    readonly got: (who: G, item: number) => void,
  ) {}

  put(who: P, item: number): void {
    this.putters.push({ item, who });
    this.#settle();
  }

  get(who: G): void {
    this.getters.push(who);
    this.#settle();
  }

  /** Somebody gives up. */
  leave(who: P | G): void {
    const putter = this.putters.findIndex((each) => each.who === who);
    if (putter >= 0) this.putters.splice(putter, 1);
    const getter = this.getters.indexOf(who as G);
    if (getter >= 0) this.getters.splice(getter, 1);
  }

  #settle(): void {
    for (;;) {
      if (this.getters.length > 0 && this.stored.length > 0) {
        this.got(this.getters.shift()!, this.#take());
      } else if (this.putters.length > 0 && this.stored.length < this.kind.capacity) {
        this.#admit();
      } else if (this.getters.length > 0 && this.putters.length > 0) {
        this.#admit();
      } else return;
    }
  }

  #admit(): void {
    const { item, who } = this.putters.shift()!;
    this.stored.push(item);
    this.done(who);
  }

  #take(): number {
    if (this.kind.order === "fifo") return this.stored.shift()!;
    if (this.kind.order === "lifo") return this.stored.pop()!;
    return this.stored.splice(this.stored.indexOf(Math.min(...this.stored)), 1)[0]!;
  }
}

/** Who carries out an operation. */
export type Colour = "greenlet" | "async function" | "async greenlet";

/** All of them. */
export const colours: Colour[] = ["greenlet", "async function", "async greenlet"];

/** An operation under way. */
export interface Attempt<T> {
  /** `waiting`, what it gave, or the error. */
  outcome: "waiting" | { value: T } | { error: unknown };
  /** Kills the greenlet behind it, if there is one. */
  kill(): void;
}

/** Carries out one operation in a greenlet or an async function of its own. */
export function attempt<T>(colour: Colour, make: () => Op<T>): Attempt<T> {
  const made: Attempt<T> = { outcome: "waiting", kill() {} };
  const note = (value: T) => made.outcome = { value };
  const fail = (error: unknown) => made.outcome = { error };
  if (colour === "async function") {
    make().then(note, fail);
    return made;
  }
  const greenlet = colour === "greenlet"
    ? spawn(function* () {
      try {
        note(yield* make());
      } catch (error) {
        fail(error);
      }
    })
    : spawn(async () => {
      try {
        note(await make());
      } catch (error) {
        fail(error);
      }
    });
  made.kill = () => void greenlet.kill();
  return made;
}

/** The values of attempts, `waiting` and errors among them. */
export function outcomes(attempts: Attempt<unknown>[]): unknown[] {
  return attempts.map(({ outcome }) =>
    outcome === "waiting"
      ? "waiting"
      : "value" in outcome
      ? outcome.value ?? "done"
      : (outcome.error as Error).name
  );
}

/** A test of one kind in one colour. */
export type Test = (face: Face, kind: Kind, colour: Colour, clock: ManualClock) => Promise<void>;

/** One test for each kind and each colour. */
export function forEach(which: (kind: Kind) => boolean, promise: string, test: Test): void {
  for (const kind of kinds.filter(which)) {
    for (const colour of colours) {
      Deno.test(`${kind.name} ${promise}, in ${colour}s`, async () => {
        using clock = new ManualClock();
        await test(kind.make(), kind, colour, clock);
        await clock.advance(10_000);
      });
    }
  }
}

/** The same, where somebody must be killed. */
export function forEachGreenlet(which: (kind: Kind) => boolean, promise: string, test: Test): void {
  forEach(which, promise, async (face, kind, colour, clock) => {
    if (colour !== "async function") await test(face, kind, colour, clock);
  });
}

/** Any kind. */
export const every = () => true;
/** Those in which a put may have to wait. */
export const bounded = ({ capacity }: Kind) => capacity < Infinity;
/** Those that store items. */
export const storing = ({ capacity }: Kind) => capacity > 0;
/** Those that can be closed. */
export const closing = (kind: Kind) => kind.make().close !== undefined;

/** Puts items until there is no room. */
export function fill(face: Face, kind: Kind): number[] {
  const items: number[] = [];
  while (items.length < kind.capacity) {
    items.push(100 + items.length);
    face.tryPut(items.at(-1)!);
  }
  return items;
}

/** What getters get of items that are put in this order, one getter after the other. */
export function expected(kind: Kind, items: number[]): number[] {
  const got: number[] = [];
  const model = new Model<number, number>(kind, () => {}, (_who, item) => got.push(item));
  items.forEach((item) => model.put(item, item));
  items.forEach((_, who) => model.get(who));
  return got;
}
