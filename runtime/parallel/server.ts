// Copyright 2026 the Tendril authors. MIT license.
/**
 * The worker's side: takes items and runs them. teller.ts tells how they ended.
 *
 * Invariants:
 * - Runs wait in `#runs` in the order of their coming; only the first may begin, once its function is
 *   loaded. So items are claimed in order.
 * - A plain function runs at once, and the outcomes of a run are told together. A generator function,
 *   an async one, or one that returns something to wait for, goes on in a greenlet of this isolate.
 * - What was told leaves the isolate at once; what runs now and has not been told is in the teller.
 * - While the pool was told that the worker waits at its mailbox, it does, or comes back there before it
 *   does anything else: nobody else looks for what lies in it.
 *
 * @module
 */
import { isGenerator, isGeneratorFunction, isThenable } from "../body.ts";
import { isPumping } from "../fiber.ts";
import { Greenlet } from "../greenlet.ts";
import { nextTurn } from "../hub.ts";
import { Op } from "../op.ts";
import { Timeout } from "../timeout.ts";
import { withTimeout } from "../with_timeout.ts";
import { bootstrap } from "./bootstrap.ts";
import { claim, claimed, isAskedToStop, resume } from "./control.ts";
import { guarded, prepareGuard } from "./guard.ts";
import { LateItem } from "./late_item.ts";
import { clarify, type Definition, isAsyncFunction, load, type Loaded } from "./load.ts";
import { waitForMail } from "./mail.ts";
import * as protocol from "./protocol.ts";
import type { Failure, RunMessage, ToWorker } from "./protocol.ts";
import { packError } from "./remote_error.ts";
import { type Job, setPlainJob } from "./running.ts";
import { unpack } from "./shared/transport.ts";
import { type Speaker, Teller } from "./teller.ts";

const { ARGUMENT_LISTS, RUN } = protocol;

/** How long outcomes may wait for those of the same run, in milliseconds. */
const PATIENCE = 2;
/** For how long it may stay away from the event loop for the sake of its mailbox, in milliseconds. */
const SPREE = 10;

/** The outcome of what was cancelled before it began; nobody looks at it. */
const SKIPPED: Failure = {};

/** A function that was defined for this worker. */
interface Entry {
  readonly definition: Definition;
  fn: Loaded | null;
  failure: { error: unknown } | null;
}

/** Serves one pool. */
export class Server implements Job {
  readonly #hasMailbox: boolean;
  readonly #control: Int32Array;
  readonly #teller: Teller;
  readonly #functions = new Map<number, Entry>();
  #runs: RunMessage[] = [];
  /** Items that were cancelled before they began. */
  readonly #skipped = new Set<number>();
  readonly #late = new Map<number, LateItem>();
  #ready = false;
  /** Whether something in it was interrupted: it begins nothing more, and will be told to leave. */
  #retired = false;
  #left = false;
  /** What makes handles of shared things: most workers never get any. */
  #sharing: "unknown" | "loading" | "known" = "unknown";
  /** Why that could not be loaded. */
  #sharingFailure: { error: unknown } | null = null;
  /** How many messages have come. */
  #read = 0;
  /** The plain item on the stack. */
  #item = -1;

  /** Makes a server that has yet to {@linkcode Server.begin}. */
  constructor(speaker: Speaker, control: Int32Array) {
    this.#hasMailbox = speaker.hasMailbox;
    this.#control = control;
    this.#teller = new Teller(speaker, control);
  }

  /** Runs the initializer and then what has come. */
  async begin(initializer: Definition | undefined, args: unknown): Promise<void> {
    try {
      if (holdsHandles(args)) await import("./shared/mod.ts");
      if (initializer !== undefined) {
        const fn = await bootstrap(() => load(initializer));
        const greenlet = new Greenlet(fn, { name: initializer.name || "initializer" });
        greenlet.start(...unpack(args) as unknown[]);
        await greenlet;
      }
    } catch (error) {
      const record = packError(initializer === undefined ? error : clarify(error, initializer));
      return this.#teller.post([protocol.UNFIT, record]);
    }
    this.#ready = true;
    this.#teller.post([protocol.READY]);
    this.#drain();
  }

  /** Takes a message of the pool. */
  receive(message: ToWorker): void {
    this.#read++;
    switch (message[0]) {
      case protocol.DEFINE:
        this.#define(message[1], message[2]);
        break;
      case protocol.RUN:
        this.#runs.push(message);
        this.#drain();
        if (this.#hasMailbox) this.#attendMail();
        break;
      case protocol.CANCEL: {
        const item = message[1];
        this.#teller.post([protocol.HEARD, item]);
        if (item >= claimed(this.#control)) this.#skipped.add(item);
        else this.#late.get(item)?.greenlet.requestKill();
        break;
      }
      case protocol.RESUME:
        this.#runs = [];
        this.#skipped.clear();
        resume(this.#control, message[1]);
        break;
      case protocol.LEAVE:
        this.leave("it was told to", undefined);
    }
  }

  async #loadShared(): Promise<void> {
    this.#sharing = "loading";
    try {
      await import("./shared/mod.ts");
    } catch (error) {
      this.#sharingFailure = { error };
    }
    this.#sharing = "known";
    this.#drain();
  }

  async #define(id: number, definition: Definition): Promise<void> {
    const entry: Entry = { definition, fn: null, failure: null };
    this.#functions.set(id, entry);
    try {
      // While items run, they may as well start workers of their own.
      entry.fn = this.#late.size > 0
        ? await load(definition)
        : await bootstrap(() => load(definition));
    } catch (error) {
      entry.failure = { error };
    }
    this.#drain();
  }

  #drain(): void {
    while (this.#ready && !this.#retired && !this.#left && this.#runs.length > 0) {
      const run = this.#runs[0]!;
      if (holdsHandles(run[4]) && this.#sharing !== "known") {
        if (this.#sharing === "unknown") this.#loadShared();
        return;
      }
      const entry = this.#functions.get(run[1])!;
      if (entry.fn === null && entry.failure === null) return;
      this.#runs.shift();
      this.#run(entry, run);
    }
  }

  /** Runs what comes by mail, until nothing does for a moment, or it is time for the event loop. */
  #attendMail(): void {
    const teller = this.#teller;
    const end = performance.now() + SPREE;
    const mayWait = () => this.#isFree() && performance.now() < end;
    let waits = mayWait();
    while (waits) {
      const mail = waitForMail(this.#control, this.#read);
      if (mail === null) return;
      const [fn, item, args] = mail;
      teller.beginMail(mayWait);
      this.#runs.push([RUN, fn, item, ARGUMENT_LISTS, [args], undefined]);
      this.#drain();
      // Who has said that it waits has to, even if it took until the end of the spree to come here.
      waits = teller.endMail() || mayWait();
    }
  }

  /** Whether nothing goes on here that needs the event loop. */
  #isFree(): boolean {
    return this.#ready && !this.#retired && !this.#left && this.#runs.length === 0 &&
      this.#late.size === 0 &&
      this.#teller.done && !isPumping();
  }

  #run(entry: Entry, [, , first, shape, packed, timeout]: RunMessage): void {
    const { fn } = entry;
    let { failure } = entry;
    let items: ArrayLike<unknown>;
    try {
      if (this.#sharingFailure !== null && holdsHandles(packed)) throw this.#sharingFailure.error;
      items = unpack(packed) as ArrayLike<unknown>;
    } catch (error) {
      failure ??= { error };
      items = (packed as { value: ArrayLike<unknown> }).value; // as many as were sent
    }
    if (failure !== null) {
      this.#runPlain(entry.definition, rejecting(failure.error), first, 1, items);
    } else if (timeout !== undefined) {
      this.#runLimited(entry, first, argumentsOf(items[0], shape), timeout);
    } else if (isLateFunction(fn!)) this.#runLate(entry, first, shape, items);
    else this.#runPlain(entry.definition, fn!, first, shape, items);
  }

  #runPlain(
    definition: Definition,
    fn: Loaded,
    first: number,
    shape: number,
    items: ArrayLike<unknown>,
  ): void {
    const teller = this.#teller;
    const count = items.length;
    // Looking at the clock takes longer than a small item does.
    const pause = count > 64 ? 16 : 1;
    teller.open(first);
    setPlainJob(this);
    for (let place = 0; place < count; place++) {
      const item = first + place;
      if (!claim(this.#control, item)) break;
      this.#item = item;
      if (this.#skipped.size > 0 && this.#skipped.delete(item)) {
        teller.fail(SKIPPED);
        continue;
      }
      try {
        const value = shape === ARGUMENT_LISTS
          ? fn(...items[place] as unknown[])
          : fn(items[place]);
        if (isWaitable(value)) this.#adopt(definition, item, null, () => value);
        else teller.succeed(value);
      } catch (error) {
        teller.fail(packError(clarify(error, definition)));
      }
      if (this.#left) break;
      if (place % pause === 0 && place > 0 && teller.elapsed > PATIENCE) teller.flush();
    }
    this.#endPlain();
  }

  #endPlain(): void {
    setPlainJob(null);
    this.#item = -1;
    this.#teller.flush();
  }

  /** A plain function gave something to wait for. */
  #adopt(definition: Definition, item: number, limit: Timeout | null, body: Loaded): void {
    this.#teller.adopt();
    this.#late.set(item, new LateItem(this, item, limit, definition, body, []));
  }

  #runLate(
    { fn, definition }: Entry,
    first: number,
    shape: number,
    items: ArrayLike<unknown>,
  ): void {
    let count = 0;
    while (count < items.length && claim(this.#control, first + count)) {
      const args = argumentsOf(items[count], shape);
      const item = first + count++;
      if (this.#skipped.delete(item)) {
        this.#teller.tellLate(item, SKIPPED, undefined);
        continue;
      }
      this.#late.set(item, new LateItem(this, item, null, definition, fn!, args));
    }
    if (count > 0) this.#tellBegun(first, count);
  }

  /** By the next turn they have run up to their first wait. */
  #tellBegun(first: number, count: number): void {
    nextTurn(() => this.#teller.post([protocol.BEGUN, first, count]));
  }

  #runLimited({ fn, definition }: Entry, item: number, args: unknown[], ms: number): void {
    const teller = this.#teller;
    if (!isLateFunction(fn!)) prepareGuard();
    if (!claim(this.#control, item)) return;
    teller.open(item);
    if (this.#skipped.delete(item)) {
      teller.fail(SKIPPED);
      return teller.flush();
    }
    teller.post([protocol.STARTED, item]);
    const limit = new Timeout(ms);
    if (isLateFunction(fn!)) {
      const body = () => withTimeout(limit, () => fn!(...args));
      this.#late.set(item, new LateItem(this, item, limit, definition, body, []));
      return this.#tellBegun(item, 1);
    }
    this.#item = item;
    setPlainJob(this);
    try {
      const done = guarded(() => fn!(...args), ms);
      if (done === undefined) {
        this.#retired = true; // what was interrupted anywhere may have left anything half done
        teller.fail({ timedOut: true });
      } else if (isWaitable(done.value)) {
        const { value } = done;
        const left = new Timeout(Math.max(0, ms - teller.elapsed));
        this.#adopt(definition, item, left, () => withTimeout(left, () => value));
      } else teller.succeed(done.value);
    } catch (error) {
      teller.fail(packError(clarify(error, definition)));
    }
    this.#endPlain();
  }

  /** An item that went on in a greenlet has ended. */
  ended({ item, limit, definition }: LateItem, failed: boolean, outcome: unknown): void {
    this.#late.delete(item);
    if (!failed) return this.#teller.tellLate(item, null, outcome);
    const failure = limit !== null && outcome === limit
      ? { timedOut: true }
      : packError(clarify(outcome, definition));
    this.#teller.tellLate(item, failure, undefined);
  }

  /** Whether the plain item that runs was asked to stop. */
  isCancelled(): boolean {
    return isAskedToStop(this.#control, this.#item);
  }

  /** Sends what the plain item that runs reports on its way. */
  report(value: unknown): void {
    this.reportFor(this.#item, value);
  }

  /** Sends what an item reports on its way. */
  reportFor(item: number, value: unknown): void {
    this.#teller.report(item, value);
  }

  /** Tells of an error that belongs to no item. */
  stray(error: unknown): void {
    this.#teller.stray(error);
  }

  /** Tells what is known and ends. */
  leave(why: string, exitCode: number | undefined): void {
    if (this.#left) return;
    this.#left = true;
    this.#teller.leave(why, exitCode);
  }

  /** Ends what goes on, for nobody hears of it any more. */
  abandon(): void {
    this.#left = true;
    this.#teller.hush();
    this.#runs = [];
    for (const { greenlet } of this.#late.values()) greenlet.requestKill();
  }
}

function argumentsOf(item: unknown, shape: number): unknown[] {
  return shape === ARGUMENT_LISTS ? item as unknown[] : [item];
}

function rejecting(error: unknown): Loaded {
  return () => {
    throw error;
  };
}

/** Whether a call of it takes more than this turn. */
function isLateFunction(fn: Loaded): boolean {
  return isGeneratorFunction(fn) || isAsyncFunction(fn);
}

/** Whether a list was packed because there are handles of shared things in it. */
function holdsHandles(packed: unknown): boolean {
  return !Array.isArray(packed) && !(packed instanceof Float64Array);
}

/** Whether what a plain function gave has to be waited for. */
function isWaitable(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return isThenable(value) || value instanceof Op || isGenerator(value);
}
