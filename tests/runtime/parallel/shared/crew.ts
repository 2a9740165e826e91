// Copyright 2026 the Tendril authors. MIT license.
// Real workers for the tests: each runs the functions of a module that it is given, by name.

import {
  markDead,
  registerWorker,
  type WorkerPass,
} from "../../../../runtime/parallel/shared/liveness.ts";
import { pack, unpack } from "../../../../runtime/parallel/shared/transport.ts";

/** What a worker answers. */
interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: { readonly name: string; readonly message: string };
}

/** An error that was thrown in a worker. */
export class RemoteError extends Error {
  constructor(readonly remoteName: string, message: string) {
    super(message);
    this.name = remoteName;
  }
}

/** A worker that runs the exported functions of `module`. */
export class Hand implements Disposable {
  /** What it was registered as. */
  readonly pass: WorkerPass;
  readonly #worker: Worker;
  readonly #calls = new Map<number, PromiseWithResolvers<unknown>>();
  #last = 0;

  constructor(readonly name: string, module: string) {
    this.pass = registerWorker(name);
    const entry = new URL("./crew_worker.ts", import.meta.url);
    this.#worker = new Worker(entry, { type: "module", name });
    this.#worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      const call = this.#calls.get(data.id)!;
      this.#calls.delete(data.id);
      if (data.error === undefined) call.resolve(unpack(data.value));
      else call.reject(new RemoteError(data.error.name, data.error.message));
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      for (const call of this.#calls.values()) call.reject(new Error(event.message));
    };
    this.#worker.postMessage({ pass: this.pass, module });
  }

  /** Calls a function there; greenlets wait for the promise with `until`. */
  // deno-lint-ignore no-explicit-any -- the caller knows what the function gives
  call(job: string, ...args: unknown[]): Promise<any> {
    const id = ++this.#last;
    const call = Promise.withResolvers<unknown>();
    this.#calls.set(id, call);
    const transfer: Transferable[] = [];
    this.#worker.postMessage({ id, job, args: pack(args, transfer) }, transfer);
    return call.promise;
  }

  /** Lets it close itself, without a word to anybody, and waits until it has. */
  async leave(): Promise<void> {
    const closing = new SharedArrayBuffer(4);
    this.#worker.postMessage({ closing });
    const word = new Int32Array(closing);
    await eventually(() => Atomics.load(word, 0) === 1);
  }

  /** Ends it as a pool does that finds it dead. */
  kill(): void {
    this.#worker.terminate();
    markDead(this.pass);
  }

  [Symbol.dispose](): void {
    this.kill();
  }
}

/** Waits until something is so that only shared memory tells. */
export async function eventually(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** `count` workers. */
export class Crew implements Disposable {
  readonly hands: Hand[];

  constructor(count: number, module: string) {
    this.hands = Array.from({ length: count }, (_, i) => new Hand(`hand-${i + 1}`, module));
  }

  /** Calls a function in each of them, and waits for all. */
  // deno-lint-ignore no-explicit-any -- the caller knows what the function gives
  all(job: string, ...args: unknown[]): Promise<any[]> {
    return Promise.all(this.hands.map((hand) => hand.call(job, ...args)));
  }

  [Symbol.dispose](): void {
    for (const hand of this.hands) hand.kill();
  }
}
