// Copyright 2026 the Tendril authors. MIT license.
/**
 * Signals of the operating system for greenlets.
 *
 * Invariants:
 * - A signal is listened for exactly while somebody waits for it, or a {@linkcode Signals} is open:
 *   otherwise it does what the system lets it do, which is to end the process.
 * - While it is listened for, the process stays alive.
 *
 * @module
 */
import { show } from "../clock.ts";
import { addExternal } from "../hub.ts";
import { Op, type Waiter } from "../op.ts";
import { failure } from "./errors.ts";
import { Feed } from "./feed.ts";

// A listener alone keeps no process alive. Not the hub's time: it says nothing about any deadline.
const hold = globalThis.setInterval;
const letGo = globalThis.clearInterval;
const FOREVER = 2 ** 31 - 1;

function listen(signals: readonly Deno.Signal[], hear: (signal: Deno.Signal) => void): () => void {
  const added: [Deno.Signal, () => void][] = [];
  const remove = () => {
    for (const [signal, listener] of added) Deno.removeSignalListener(signal, listener);
  };
  for (const signal of signals) {
    const listener = () => hear(signal);
    try {
      Deno.addSignalListener(signal, listener);
    } catch (error) {
      remove();
      throw failure(`listen for ${show(signal)}`, error);
    }
    added.push([signal, listener]);
  }
  const alive = hold(() => {}, FOREVER);
  addExternal(1);
  return () => {
    remove();
    letGo(alive);
    addExternal(-1);
  };
}

class SignalOp extends Op<Deno.Signal> {
  readonly #signals: readonly Deno.Signal[];
  #stop: () => void = () => {};

  constructor(signals: readonly Deno.Signal[]) {
    super();
    this.#signals = signals;
  }

  get reason(): string {
    return `signal ${this.#signals.join(", ")}`;
  }

  poll(): null {
    return null;
  }

  park(waiter: Waiter): void {
    try {
      this.#stop = listen(this.#signals, (signal) => {
        this.#stop();
        waiter.wake(signal);
      });
    } catch (error) {
      waiter.fail(error);
    }
  }

  cancel(): void {
    this.#stop();
  }
}

function checkSignals(action: string, signals: readonly Deno.Signal[]): void {
  if (signals.length > 0 && signals.every((each) => typeof each === "string")) return;
  throw new TypeError(
    `Cannot ${action} ${signals.map(show).join(", ")}: expected names of signals`,
  );
}

/**
 * Waits for one of these signals and gives its name. From the beginning of the wait to its end, the
 * signal does not end the process; one that comes at another time does what it always does.
 *
 * @example Usage
 * ```ts
 * import { run, select, sleep } from "@tendril/tendril";
 * import { nextSignal } from "@tendril/tendril/io";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   const first = yield* select({ reload: nextSignal("SIGHUP"), late: sleep(5) });
 *   assertEquals(first.key, "late");
 * });
 * ```
 *
 * @throws {TypeError} If there is no such signal, or it cannot be listened for.
 */
export function nextSignal(...signals: Deno.Signal[]): Op<Deno.Signal> {
  checkSignals("wait for", signals);
  return new SignalOp(signals);
}

/**
 * Signals one by one; {@linkcode signals} makes it.
 *
 * @example Usage
 * ```ts
 * import { type Signals, signals } from "@tendril/tendril/io";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const hangups: Signals = signals("SIGHUP");
 * Deno.kill(Deno.pid, "SIGHUP");
 * for await (const signal of hangups) {
 *   assertEquals(signal, "SIGHUP");
 *   break; // which ends the listening
 * }
 * assert(hangups.closed);
 * ```
 */
export class Signals extends Feed<Deno.Signal> {
  readonly #stop: () => void;

  /**
   * Begins to listen.
   *
   * @internal
   */
  constructor(signals: readonly Deno.Signal[]) {
    super(`signal ${signals.join(", ")}`, Infinity);
    this.#stop = listen(signals, (signal) => this.put(signal));
  }

  /** Listens no longer. */
  override close(): void {
    if (!this.closed) this.#stop();
    super.close();
  }
}

/**
 * Listens for signals from the call on until it is closed: by `using`, by leaving the loop, or by a kill
 * in the loop. Signals that come while nobody waits are kept.
 *
 * @example Usage
 * ```ts
 * import { run } from "@tendril/tendril";
 * import { signals } from "@tendril/tendril/io";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   using hangups = signals("SIGHUP");
 *   Deno.kill(Deno.pid, "SIGHUP");
 *   assertEquals(yield* hangups.next(), { done: false, value: "SIGHUP" });
 * });
 * ```
 *
 * @throws {TypeError} If there is no such signal, or it cannot be listened for.
 */
export function signals(...names: Deno.Signal[]): Signals {
  checkSignals("listen for", names);
  return new Signals(names);
}
