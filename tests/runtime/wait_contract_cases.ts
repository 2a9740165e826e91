// Copyright 2026 the Tendril authors. MIT license.
// Every blocking call of the runtime, in a shape that wait_contract_test.ts can try out.

import {
  all,
  call,
  type Coroutine,
  Greenlet,
  Group,
  idle,
  iwait,
  joinAll,
  killAll,
  Pool,
  race,
  retry,
  scope,
  select,
  sleep,
  spawn,
  type TimeoutLike,
  until,
  wait,
  type WaitOptions,
  withTimeout,
} from "@tendril/tendril";
import { fetch, open, readTextFile } from "@tendril/tendril/io";
import { type ManualClock, settle } from "../manual_clock.ts";
import { atPipe, atServer, type Blocking, type Fixture } from "./wait_contract_io.ts";

export type { Blocking, Fixture };

/** A blocking call to be tried out. */
export interface Case {
  readonly name: string;
  /** What it gives when its own timeout is over, `THROWS` if it throws; absent when it takes none. */
  readonly late?: unknown;

  readonly setUp: (clock: ManualClock) => Fixture | Promise<Fixture>;
}

/** Stands for a call that throws when its own timeout is over. */
export const THROWS: unique symbol = Symbol("throws");

function optional(timeout: TimeoutLike | undefined): WaitOptions {
  return timeout === undefined ? {} : { timeout };
}

function* patient(end: Promise<string>): Coroutine<string> {
  return yield* until(end);
}

function* stubborn(end: Promise<string>): Coroutine<string> {
  for (;;) {
    try {
      return yield* until(end);
    } catch {
      // It will not die.
    }
  }
}

/** Waits for something that a promise ends. */
function held(
  make: (end: Promise<string>) => (options: WaitOptions) => Blocking,
): () => Fixture {
  return () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const wait = make(promise);
    return { wait: (timeout) => wait(optional(timeout)), finish: () => resolve("done") };
  };
}

/** Waits for something about greenlets of a group or a pool. */
function inPool(
  make: (pool: Group, end: Promise<string>) => (options: WaitOptions) => Blocking,
  pool: () => Group = () => new Pool(1),
): () => Promise<Fixture> {
  return async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const group: Group = pool();
    const wait = make(group, promise);
    const member = new Greenlet(stubborn);
    member.start(promise);
    await group.add(member);
    await settle();
    return {
      wait: (timeout) => wait(optional(timeout)),
      finish: async () => {
        resolve("done");
        await member;
      },
    };
  };
}

const infinite = () => new Group();

/** All of them. */
export const cases: Case[] = [
  {
    name: "sleep()",
    setUp: (clock) => ({ wait: () => sleep(1000), finish: () => clock.advance(1000) }),
  },
  {
    name: "idle()",
    setUp: () => {
      let spinning = true;
      spawn(function* () {
        while (spinning) yield;
      });
      return { wait: () => idle(), finish: () => spinning = false };
    },
  },
  {
    name: "Greenlet.join()",
    late: false,
    setUp: held((end) => {
      const target = spawn(patient, end);
      return (options) => target.join(options);
    }),
  },
  {
    name: "Greenlet.get()",
    late: THROWS,
    setUp: held((end) => {
      const target = spawn(patient, end);
      return (options) => target.get(options);
    }),
  },
  {
    name: "Greenlet.kill()",
    late: false,
    setUp: async () => {
      const { promise, resolve } = Promise.withResolvers<string>();
      const target = spawn(stubborn, promise);
      await settle();
      return {
        wait: (timeout) => target.kill(undefined, optional(timeout)),
        finish: () => resolve("done"),
      };
    },
  },
  {
    name: "joinAll()",
    late: [],
    setUp: held((end) => {
      const target = spawn(patient, end);
      return (options) => joinAll([target], options);
    }),
  },
  {
    name: "killAll()",
    late: THROWS,
    setUp: async () => {
      const { promise, resolve } = Promise.withResolvers<string>();
      const target = spawn(stubborn, promise);
      await settle();
      return {
        wait: (timeout) => killAll([target], undefined, optional(timeout)),
        finish: () => resolve("done"),
      };
    },
  },
  {
    name: "wait(greenlets)",
    late: [],
    setUp: held((end) => {
      const target = spawn(patient, end);
      return (options) => wait([target], options);
    }),
  },
  {
    name: "iwait().next()",
    late: { done: true, value: undefined },
    setUp: held((end) => {
      const target = spawn(patient, end);
      return (options) => iwait([target], options).next();
    }),
  },
  { name: "until(promise)", setUp: held((end) => () => until(end)) },
  { name: "until(function)", setUp: held((end) => () => until(() => end)) },
  { name: "select()", setUp: held((end) => () => select({ a: until(end), b: sleep(9999) })) },
  { name: "all()", setUp: held((end) => () => all([until(end), until(end)])) },
  { name: "race()", setUp: held((end) => () => race([until(end), sleep(9999)])) },
  { name: "call()", setUp: held((end) => () => call(patient(end))) },
  { name: "scope()", setUp: held((end) => () => scope(() => until(end))) },
  {
    name: "scope() with a child",
    setUp: held((end) => () => scope((s) => void s.spawn(patient, end))),
  },
  {
    name: "retry()",
    setUp: held((end) => () => retry(() => until(end), { when: () => false })),
  },
  {
    name: "retry() in its pause",
    setUp: (clock) => ({
      wait: () => {
        let tries = 0;
        const flaky = () => {
          if (++tries === 1) throw new TypeError("not yet");
        };
        return retry(flaky, {
          minDelay: 900,
          jitter: 0,
          when: (error) => error instanceof TypeError,
        });
      },
      finish: () => clock.advance(1000),
    }),
  },
  {
    name: "withTimeout(ms, op)",
    late: THROWS,
    setUp: held((end) => ({ timeout }) => withTimeout(timeout ?? 5000, until(end))),
  },
  {
    name: "withTimeout(ms, function)",
    late: THROWS,
    setUp: held((end) => ({ timeout }) => withTimeout(timeout ?? 5000, () => patient(end))),
  },
  {
    name: "withTimeout() with a value",
    late: "late",
    setUp: held((end) => ({ timeout }) =>
      withTimeout(timeout ?? 5000, until(end), { value: "late" })
    ),
  },
  { name: "Pool.spawn()", setUp: inPool((pool) => () => pool.spawn(() => {})) },
  {
    name: "Pool.add()",
    late: THROWS,
    setUp: inPool((pool) => (options) => pool.add(new Greenlet(() => {}), options)),
  },
  {
    name: "Pool.start()",
    late: THROWS,
    setUp: inPool((pool) => (options) => pool.start(new Greenlet(() => {}), options)),
  },
  {
    name: "Pool.waitAvailable()",
    late: 0,
    setUp: inPool((pool) => (options) => pool.waitAvailable(options)),
  },
  {
    name: "Pool.join()",
    late: false,
    setUp: inPool((pool) => (options) => pool.join(options)),
  },
  {
    name: "Pool.kill()",
    late: false,
    setUp: inPool((pool) => (options) => pool.kill(undefined, options)),
  },
  {
    name: "Group.join()",
    late: false,
    setUp: inPool((group) => (options) => group.join(options), infinite),
  },
  {
    name: "Group.join() with raiseError",
    late: false,
    setUp: inPool(
      (group) => (options) => group.join({ ...options, raiseError: true }),
      infinite,
    ),
  },
  {
    name: "Group.kill()",
    late: false,
    setUp: inPool((group) => (options) => group.kill(undefined, options), infinite),
  },
  {
    name: "Group.killOne()",
    late: false,
    setUp: inPool(
      (group) => (options) => {
        const [member] = group;
        return group.killOne(member!, undefined, options);
      },
      infinite,
    ),
  },
  { name: "Pool.apply()", setUp: inPool((pool) => () => pool.apply(() => 1)) },
  { name: "Pool.map()", setUp: inPool((pool) => () => pool.map((n: number) => n, [1, 2])) },
  {
    name: "imap().next()",
    setUp: inPool((pool) => {
      const mapped = pool.imap((n: number) => n, [1, 2, 3, 4, 5]);
      return () => mapped.next();
    }),
  },
  {
    name: "imapUnordered().next()",
    setUp: inPool((pool) => {
      const mapped = pool.imapUnordered((n: number) => n, [1, 2, 3, 4, 5]);
      return () => mapped.next();
    }),
  },
  {
    name: "imap().settled().next()",
    setUp: inPool((pool) => {
      const records = pool.imap((n: number) => n, [1, 2, 3, 4, 5]).settled();
      return () => records.next();
    }),
  },
  {
    name: "fetch()",
    setUp: () =>
      atServer(
        (end) => end.then(() => new Response(null, { status: 204 })),
        (url) => Promise.resolve({ wait: () => fetch(url) }),
      ),
  },
  {
    name: "Response.text()",
    setUp: () =>
      atServer(
        (end) => {
          const body = new ReadableStream<Uint8Array>({
            async start(controller) {
              controller.enqueue(new Uint8Array(10));
              await end;
              controller.close();
            },
          });
          return Promise.resolve(new Response(body));
        },
        async (url) => {
          const spare = await Promise.all([fetch(url), fetch(url)]);
          return {
            wait: () => spare.pop()!.text(),
            async close() {
              for (const each of spare) await each.discard();
            },
          };
        },
      ),
  },
  {
    name: "readTextFile() of a pipe",
    setUp: () => atPipe((path) => Promise.resolve({ wait: () => readTextFile(path) })),
  },
  {
    name: "File.read() of a pipe",
    setUp: () =>
      atPipe(async (path) => {
        const file = await open(path);
        return { wait: () => file.read(new Uint8Array(4)), close: () => file.close() };
      }),
  },
];
