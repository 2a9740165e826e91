// Copyright 2026 the Tendril authors. MIT license.
/**
 * The worker's side: takes items, runs them and tells how they ended.
 *
 * Invariants:
 * - Runs wait in `#runs` in the order of their coming; only the first may begin, once its function is
 *   loaded. So items are claimed in order.
 * - A plain function runs at once, and the outcomes of a run are told together. A generator function,
 *   an async one, or one that returns something to wait for, goes on in a greenlet of this isolate.
 * - What was told leaves the isolate at once; what runs now and has not been told is in `#values`.
 *
 * @module
 */
import { isGenerator, isGeneratorFunction, isThenable } from "../body.ts";
import { show } from "../clock.ts";
import { isPumping } from "../fiber.ts";
import { Greenlet } from "../greenlet.ts";
import { nextTurn } from "../hub.ts";
import { Op } from "../op.ts";
import { Timeout } from "../timeout.ts";
import { withTimeout } from "../with_timeout.ts";
import { bootstrap } from "./bootstrap.ts";
import { claim, claimed, isAskedToStop, resume } from "./control.ts";
import { clarify, type Definition, isAsyncFunction, load, type Loaded } from "./load.ts";
import { guarded, prepareGuard } from "./guard.ts";
import { copyLarge } from "./large.ts";
import { type LateHost, LateItem } from "./late_item.ts";
import { answerElsewhere, answerMail, waitForMail } from "./mail.ts";
import { packNumbers } from "./numbers.ts";
import * as protocol from "./protocol.ts";
import type { Failure, FromWorker, RunMessage, ToWorker } from "./protocol.ts";
import { packError } from "./remote_error.ts";
import { type Job, setPlainJob } from "./running.ts";
import { pack, unpack } from "./shared/transport.ts";

const { ARGUMENT_LISTS, OUTCOMES, RUN } = protocol;

/** How long outcomes may wait for those of the same run, in milliseconds. */
const PATIENCE = 2;
/** For how long it may stay away from the event loop for the sake of its mailbox, in milliseconds. */
const SPREE = 10;

/** The outcome of what was cancelled before it began; nobody looks at it. */
const SKIPPED: Failure = {};

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

/** A function that was defined for this worker. */
interface Entry {
  readonly definition: Definition;
  fn: Loaded | null;
  failure: { error: unknown } | null;
}

/** How an item ended that went on in a greenlet. */
interface LateOutcome {
  readonly item: number;
  readonly failure: Failure | null;
  readonly value: unknown;
}

/** Serves one pool. */
export class Server implements Job, LateHost {
  readonly #speaker: Speaker;
  readonly #control: Int32Array;
  readonly #functions = new Map<number, Entry>();
  #runs: RunMessage[] = [];
  /** Items that were cancelled before they began. */
  readonly #skipped = new Set<number>();
  readonly #late = new Map<number, LateItem>();
  #ready = false;
  #left = false;
  /** Whether handles of shared things can be made. */
  #sharing = false;
  /** Whether the run on the stack came by mail and nothing was said about it yet. */
  #byMail = false;
  #spreeEnd = 0;
  /** How many messages have come. */
  #read = 0;
  // The run that is on the stack.
  #item = -1;
  #first = 0;
  #values: unknown[] = [];
  #failures: [number, Failure][] | null = null;
  #lates: number[] | null = null;
  #since = 0;
  /** Outcomes of items that went on in greenlets, to be told together. */
  #told: LateOutcome[] = [];

  /** Makes a server that has yet to {@linkcode Server.begin}. */
  constructor(speaker: Speaker, control: Int32Array) {
    this.#speaker = speaker;
    this.#control = control;
  }

  /** Runs the initializer and then what has come. */
  async begin(initializer: Definition | undefined, args: unknown): Promise<void> {
    try {
      if (holdsHandles(args)) await this.#loadShared();
      if (initializer !== undefined) {
        const fn = await bootstrap(() => load(initializer));
        const greenlet = new Greenlet(fn, { name: initializer.name || "initializer" });
        greenlet.start(...unpack(args) as unknown[]);
        await greenlet;
      }
    } catch (error) {
      const record = packError(initializer === undefined ? error : clarify(error, initializer));
      return this.#post([protocol.UNFIT, record]);
    }
    this.#ready = true;
    this.#post([protocol.READY]);
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
        if (this.#speaker.hasMailbox) this.#attendMail();
        break;
      case protocol.CANCEL: {
        const item = message[1];
        this.#post([protocol.HEARD, item]);
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

  /** Loads what makes handles of tokens: most workers never get any. */
  async #loadShared(): Promise<void> {
    await import("./shared/mod.ts");
    this.#sharing = true;
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
    while (this.#ready && !this.#left && this.#runs.length > 0) {
      const run = this.#runs[0]!;
      if (holdsHandles(run[4]) && !this.#sharing) return void this.#loadShared();
      const entry = this.#functions.get(run[1])!;
      if (entry.fn === null && entry.failure === null) return;
      this.#runs.shift();
      this.#run(entry, run);
    }
  }

  /** Runs what comes by mail, until nothing does for a moment, or it is time for the event loop. */
  #attendMail(): void {
    this.#spreeEnd = performance.now() + SPREE;
    while (this.#mayWait()) {
      const mail = waitForMail(this.#control, this.#read);
      if (mail === null) return;
      const [fn, item, args] = mail;
      this.#byMail = true;
      this.#run(this.#functions.get(fn)!, [RUN, fn, item, ARGUMENT_LISTS, [args], undefined]);
      this.#answerElsewhere();
    }
  }

  #mayWait(): boolean {
    return this.#ready && !this.#left && this.#isFree() && performance.now() < this.#spreeEnd;
  }

  /** Once a message was said about a call that came by mail, its outcome is one, too. */
  #answerElsewhere(): void {
    if (!this.#byMail) return;
    this.#byMail = false;
    answerElsewhere(this.#control);
  }

  /** Whether nothing goes on here that needs the event loop. */
  #isFree(): boolean {
    return this.#runs.length === 0 && this.#late.size === 0 && this.#told.length === 0 &&
      !isPumping();
  }

  #run(entry: Entry, [, , first, shape, packed, timeout]: RunMessage): void {
    const { fn } = entry;
    let { failure } = entry;
    let items: ArrayLike<unknown>;
    try {
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

  #open(first: number): void {
    this.#first = first;
    this.#values = [];
    this.#failures = this.#lates = null;
    this.#since = performance.now();
  }

  #runPlain(
    definition: Definition,
    fn: Loaded,
    first: number,
    shape: number,
    items: ArrayLike<unknown>,
  ): void {
    const count = items.length;
    // Looking at the clock takes longer than a small item does.
    const pause = count > 64 ? 16 : 1;
    this.#open(first);
    setPlainJob(this);
    for (let place = 0; place < count; place++) {
      const item = first + place;
      if (!claim(this.#control, item)) break;
      this.#item = item;
      if (this.#skipped.size > 0 && this.#skipped.delete(item)) {
        this.#fail(SKIPPED);
        continue;
      }
      try {
        const value = shape === ARGUMENT_LISTS
          ? fn(...items[place] as unknown[])
          : fn(items[place]);
        if (typeof value === "object" && value !== null && isWaitable(value)) {
          this.#adopt(definition, item, value);
        } else this.#values.push(value);
      } catch (error) {
        this.#fail({ ...packError(clarify(error, definition)) });
      }
      if (this.#left) break;
      if (place % pause === 0 && place > 0 && performance.now() - this.#since > PATIENCE) {
        this.flush();
        this.#open(item + 1);
      }
    }
    setPlainJob(null);
    this.#item = -1;
    this.flush();
  }

  #fail(failure: Failure): void {
    (this.#failures ??= []).push([this.#values.length, failure]);
    this.#values.push(undefined);
  }

  /** A plain function gave something to wait for. */
  #adopt(definition: Definition, item: number, value: object): void {
    (this.#lates ??= []).push(this.#values.length);
    this.#values.push(undefined);
    this.#late.set(item, new LateItem(this, item, null, definition, () => value, []));
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
        this.#tell({ item, failure: SKIPPED, value: undefined });
        continue;
      }
      this.#late.set(item, new LateItem(this, item, null, definition, fn!, args));
    }
    // By the next turn they have run up to their first wait.
    if (count > 0) nextTurn(() => this.#post([protocol.BEGUN, first, count]));
  }

  #runLimited({ fn, definition }: Entry, item: number, args: unknown[], ms: number): void {
    if (!isLateFunction(fn!)) prepareGuard();
    if (!claim(this.#control, item)) return;
    if (this.#skipped.delete(item)) {
      this.#open(item);
      this.#fail(SKIPPED);
      return this.flush();
    }
    this.#post([protocol.STARTED, item]);
    const limit = new Timeout(ms);
    if (isLateFunction(fn!)) {
      const body = () => withTimeout(limit, () => fn!(...args));
      this.#late.set(item, new LateItem(this, item, limit, definition, body, []));
      nextTurn(() => this.#post([protocol.BEGUN, item, 1]));
      return;
    }
    this.#open(item);
    this.#item = item;
    setPlainJob(this);
    let interrupted = false;
    try {
      const done = guarded(() => fn!(...args), ms);
      if (done === undefined) {
        interrupted = true;
        this.#fail({ timedOut: true });
      } else if (typeof done.value === "object" && done.value !== null && isWaitable(done.value)) {
        const { value } = done;
        const left = new Timeout(Math.max(0, ms - (performance.now() - this.#since)));
        const body = () => withTimeout(left, () => value);
        (this.#lates ??= []).push(0);
        this.#values.push(undefined);
        this.#late.set(item, new LateItem(this, item, left, definition, body, []));
      } else this.#values.push(done.value);
    } catch (error) {
      this.#fail({ ...packError(clarify(error, definition)) });
    }
    setPlainJob(null);
    this.#item = -1;
    this.flush();
    // What was interrupted anywhere may have left anything half done.
    if (interrupted) this.leave("a task in it was stopped when its time was over", undefined);
  }

  /** Tells the outcomes that are known of the run on the stack. */
  flush(): void {
    const values = this.#values;
    if (values.length === 0) return;
    const first = this.#first;
    const failures = this.#failures;
    const lates = this.#lates;
    const elapsed = performance.now() - this.#since;
    this.#values = [];
    this.#first = first + values.length;
    this.#failures = this.#lates = null;
    if (this.#byMail && failures === null && lates === null) {
      this.#byMail = !answerMail(this.#control, [values[0], elapsed], this.#mayWait());
      if (!this.#byMail) return;
    }
    const transfer: Transferable[] = [];
    try {
      const packed = failures === null && lates === null
        ? this.#packValues(values, transfer)
        : pack(values, transfer);
      this.#post([OUTCOMES, first, packed, failures, lates, elapsed], transfer);
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
        this.#post([OUTCOMES, first + place, packed, failed, late, share], transfer);
      };
      try {
        tell(value);
      } catch (error) {
        failure = unsendable(error);
        tell(undefined);
      }
    });
  }

  /** Tells the outcome of an item that went on in a greenlet, along with those of the same turn. */
  tellLate({ item, limit, definition }: LateItem, failed: boolean, outcome: unknown): void {
    this.#late.delete(item);
    if (!failed) return this.#tell({ item, failure: null, value: outcome });
    const failure = limit !== null && outcome === limit
      ? { timedOut: true }
      : packError(clarify(outcome, definition));
    this.#tell({ item, failure, value: undefined });
  }

  #tell(outcome: LateOutcome): void {
    if (this.#told.length === 0) queueMicrotask(() => this.#flushLate());
    this.#told.push(outcome);
  }

  #flushLate(): void {
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
    this.#post([protocol.LATE, told.map((one) => one.item), failures, values], transfer);
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
    const transfer: Transferable[] = [];
    try {
      this.#post([protocol.PROGRESS, item, pack([value], transfer)], transfer);
    } catch (cause) {
      throw new TypeError(`Cannot report ${show(value)}: it cannot be sent`, { cause });
    }
  }

  /** Tells of an error that belongs to no item. */
  stray(error: unknown): void {
    this.#post([protocol.STRAY, packError(error)]);
  }

  /** Tells what is known and ends. */
  leave(why: string, exitCode: number | undefined): void {
    if (this.#left) return;
    this.flush();
    this.#flushLate();
    this.#post([protocol.LEAVING, why, exitCode, claimed(this.#control)]);
    this.#left = true;
    this.#speaker.leave();
  }

  /** Ends what goes on, for nobody hears of it any more. */
  abandon(): void {
    this.#left = true;
    this.#runs = [];
    for (const { greenlet } of this.#late.values()) greenlet.requestKill();
  }

  #post(message: FromWorker, transfer: Transferable[] = []): void {
    this.#answerElsewhere();
    if (!this.#left) this.#speaker.post(message, transfer);
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
function isWaitable(value: object): boolean {
  return isThenable(value) || value instanceof Op || isGenerator(value);
}

function unsendable(error: unknown): Failure {
  return packError(
    new TypeError(
      `Cannot send the result of a task back: ${(error as Error).message} Return plain data`,
      { cause: error },
    ),
  );
}
