// Copyright 2026 the Tendril authors. MIT license.
// How the table proves of a patched name that it yields and that a kill cancels it.

import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { dump, getHub, type Greenlet, GreenletExit, spawn, spawnWith } from "@tendril/tendril";
import { patchAll } from "@tendril/tendril/monkey";
import { settle } from "../../manual_clock.ts";
import { prototypes } from "./prototypes.ts";

// Functions and objects of the host are looked into by name.
// deno-lint-ignore no-explicit-any
type Any = any;

/** What is to be seen of one name. */
export interface Case {
  /** Calls it, so that it ends by itself or by `finish`. */
  quick(): Promise<unknown>;
  /** Lets the quick call end; called when it waits. */
  finish?(): unknown;
  /** Calls it, so that it waits until it is cancelled; default: as `quick`. */
  slow?(): Promise<unknown>;
  /** Resolves when the other end has seen the slow call begin; default: at once. */
  begun?(): Promise<unknown>;
  /** Resolves when the other end has seen that it was cancelled. */
  ended?(): Promise<unknown>;
  /** Cleans up. */
  close?(): unknown;
  /** What the dump shows of the call. */
  reason: string;
  /** Whether the call itself is not told of the kill: its events are. */
  isSilent?: boolean;
}

/** A name and how to try it. */
export interface Row {
  readonly name: string;
  /** Called when everything is patched. */
  make(): Case | Promise<Case>;
  /** The original is recorded, to wait for calls that the host finishes alone. */
  readonly isRecorded?: boolean;
  /** What stands for the original while that is recorded. */
  readonly original?: (...args: Any[]) => Promise<unknown>;
  /** It needs `--unstable-net` or a permission that tests do not have. */
  readonly needsMore?: boolean;
}

/** The rows of the table. */
export const rows: Row[] = [];

/** Adds a row. */
export function row(name: string, make: Row["make"], options: Partial<Row> = {}): void {
  rows.push({ ...options, name, make });
}

/** Adds a row of a call that the host finishes alone after a kill. */
export function recorded(name: string, make: Row["make"], options: Partial<Row> = {}): void {
  row(name, make, { ...options, isRecorded: true });
}

/** The object and the key that a name stands for. */
export function find(name: string): { holder: Any; key: PropertyKey } {
  const path = name.match(/node:[a-z_/]+|\[[^\]]+\]|[A-Za-z]+\w*/g)!;
  const last = path.pop()!;
  let holder: Any = globalThis;
  const first = path.join(".");
  if (prototypes.has(first)) holder = prototypes.get(first);
  else {
    for (const step of path) {
      const { process } = globalThis as Any;
      holder = step.startsWith("node:") ? process.getBuiltinModule(step) : holder[step];
    }
  }
  const key = last.startsWith("[") ? Symbol[last.slice(8, -1) as "iterator"] : last;
  // Singletons such as `Deno.stdin` have their methods from a class.
  let owner = holder;
  while (owner !== null && !Object.hasOwn(owner, key)) owner = Object.getPrototypeOf(owner);
  return { holder: owner ?? holder, key };
}

/** Keeps the promises that the host's function gives, and holds them up until it is opened. */
class Recorder implements Disposable {
  readonly #promises: Promise<unknown>[] = [];
  readonly #gate = Promise.withResolvers<void>();
  readonly #restore: () => void;

  constructor(row: Row) {
    const { holder, key } = find(row.name);
    const descriptor = Object.getOwnPropertyDescriptor(holder, key)!;
    const original = row.original ?? holder[key];
    const record = (self: unknown, args: unknown[]) => this.#record(original, self, args);
    const value = function (this: unknown, ...args: unknown[]) {
      return record(this, args);
    };
    Object.defineProperty(holder, key, { ...descriptor, value });
    this.#restore = () => Object.defineProperty(holder, key, descriptor);
  }

  async #record(original: Any, self: unknown, args: unknown[]): Promise<unknown> {
    const promise: Promise<unknown> = Reflect.apply(original, self, args);
    this.#promises.push(promise);
    const [result] = await Promise.allSettled([promise, this.#gate.promise]);
    if (result.status === "rejected") throw result.reason;
    return result.value;
  }

  /** Lets the calls end, and waits for those of the host. */
  async open(): Promise<void> {
    this.#gate.resolve();
    await Promise.allSettled(this.#promises);
  }

  [Symbol.dispose](): void {
    this.#restore();
  }
}

async function withCase(
  row: Row,
  prove: (made: Case, open: () => unknown) => Promise<void>,
): Promise<void> {
  const { external } = getHub().stats();
  using recorder = row.isRecorded ? new Recorder(row) : null;
  using patch = patchAll();
  assert(patch.names.includes(row.name));
  const made = await row.make();
  try {
    await prove(made, () => recorder?.open());
    await recorder?.open();
    await settle();
    assertEquals(getHub().stats().external, external);
  } finally {
    await made.close?.();
  }
}

const nextTurn = setImmediate; // as it was before it was patched

/** A greenlet that makes a call, and whether the dump has shown what it waits for. */
class Caller {
  readonly greenlet: Greenlet<void>;
  caught: unknown;
  readonly log: string[] = [];
  #isShown = false;

  constructor(call: () => Promise<unknown>, reason: string) {
    this.greenlet = spawnWith({ name: "caller" }, async () => {
      await Promise.resolve(); // the waits of a body are known when it has returned its promise
      spawn(() => this.log.push("another ran"));
      try {
        const calling = call();
        this.#look(reason);
        await calling;
      } catch (error) {
        this.caught = error;
      }
      this.log.push("ended");
    });
  }

  #look(reason: string): void {
    this.#isShown ||= dump().split("\n")
      .some((line) => line.includes("caller: waits for ") && line.includes(reason));
  }

  /** Waits until the dump shows that it waits for `reason`. */
  async waits(reason: string): Promise<void> {
    for (let i = 0; i < 100 && !this.#isShown; i++) {
      await Promise.resolve();
      this.#look(reason);
    }
    while (!this.#isShown) {
      assert(!this.greenlet.dead, `it ended with ${this.caught} and never waited for ${reason}`);
      await new Promise<void>((resolve) => nextTurn(resolve));
      this.#look(reason);
    }
  }
}

/** Another greenlet runs while the call waits, and the dump shows what it waits for. */
export async function proveYields(row: Row): Promise<void> {
  await withCase(row, async (made, open) => {
    const { reason } = made;
    const caller = new Caller(made.quick, reason);
    await caller.waits(reason);
    while (caller.log.length === 0) await new Promise<void>((resolve) => nextTurn(resolve));
    open();
    await made.finish?.();
    await caller.greenlet;
    assertEquals([caller.caught, caller.log], [undefined, ["another ran", "ended"]]);
  });
}

/** A kill ends the call in an async body: with its error, for good, and the other end sees it. */
export async function proveCancelled(row: Row): Promise<void> {
  await withCase(row, async (made) => {
    const { reason } = made;
    const exit = new GreenletExit();
    const caller = new Caller(made.slow ?? made.quick, reason);
    await caller.waits(reason);
    await made.begun?.();
    assertEquals(await caller.greenlet.kill(exit), true);
    if (!made.isSilent) assertStrictEquals(caller.caught, exit);
    await made.ended?.();
  });
}
