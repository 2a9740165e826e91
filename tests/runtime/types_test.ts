// Copyright 2026 the Tendril authors. MIT license.
// What the compiler infers. The type check of this file is the test; nothing in `typed` runs.

import {
  all,
  call,
  type Coroutine,
  getCurrent,
  Greenlet,
  GreenletLocal,
  joinAll,
  type Op,
  race,
  run,
  select,
  type Selected,
  sleep,
  spawn,
  spawnLater,
  spawnWith,
  type Switch,
  until,
  withTimeout,
} from "@tendril/tendril";

/** Whether two types are the same, and not merely assignable. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true
  : false;

/** Fails to compile unless it is given `true`. */
function is<_T extends true>(): void {}

function* half(n: number): Coroutine<number> {
  yield* sleep(1);
  return n / 2;
}

async function double(text: string): Promise<string> {
  await sleep(1);
  return text + text;
}

function spawned(): void {
  const generator = spawn(half, 3);
  is<Same<typeof generator, Greenlet<number>>>();
  const asynchronous = spawn(double, "a");
  is<Same<typeof asynchronous, Greenlet<string>>>();
  const plain = spawn((flag: boolean) => flag, true);
  is<Same<typeof plain, Greenlet<boolean>>>();
  const inline = spawn(
    function* (a: number, b: string) {
      yield;
      return { a, b };
    },
    1,
    "b",
  );
  is<Same<typeof inline, Greenlet<{ a: number; b: string }>>>();
  const op = spawn(() => spawn(half, 1).get());
  is<Same<typeof op, Greenlet<number>>>();
  const nothing = spawn(() => {});
  is<Same<typeof nothing, Greenlet<void>>>();
  const late = spawnLater(10, half, 3);
  is<Same<typeof late, Greenlet<number>>>();
  const optioned = spawnWith({ name: "n" }, double, "a");
  is<Same<typeof optioned, Greenlet<string>>>();
  const made = new Greenlet(half);
  is<Same<typeof made, Greenlet<number>>>();

  // @ts-expect-error the argument is no number
  spawn(half, "three");
  // @ts-expect-error the argument is missing
  spawn(half);
  // @ts-expect-error there is one argument too many
  spawn(half, 3, 4);
  // @ts-expect-error a generator is no function
  spawn(half(3));
  // @ts-expect-error the argument is no number
  spawnLater(10, half, "three");
  // @ts-expect-error the argument is no string
  spawnWith({}, double, 3);
  // @ts-expect-error there is no such option
  spawnWith({ nmae: "typo" }, half, 3);
}

function* yielded(): Coroutine<void> {
  const slept = yield* sleep(1);
  is<Same<typeof slept, void>>();
  const got = yield* spawn(half, 3);
  is<Same<typeof got, number>>();
  const joined = yield* spawn(half, 3).join();
  is<Same<typeof joined, boolean>>();
  const promised = yield* until(Promise.resolve("text"));
  is<Same<typeof promised, string>>();
  const called = yield* call(half(3));
  is<Same<typeof called, number>>();
  const limited = yield* withTimeout(5, spawn(half, 3).get(), { value: "late" as const });
  is<Same<typeof limited, number | "late">>();
  const sent = yield* getCurrent().switch<Date>();
  is<Same<typeof sent, Date>>();
  const others = yield* joinAll([spawn(half, 3)]);
  is<Same<typeof others, Greenlet<number>[]>>();
}

async function awaited(): Promise<void> {
  const got = await spawn(half, 3);
  is<Same<typeof got, number>>();
  const joined = await spawn(double, "a").join({ timeout: 5 });
  is<Same<typeof joined, boolean>>();
  const result = await run(half, 3);
  is<Same<typeof result, number>>();
  const text = await run(double, "a");
  is<Same<typeof text, string>>();
  // @ts-expect-error the argument is no number
  await run(half, "three");
}

function* selected(): Coroutine<void> {
  const ops = { job: spawn(half, 3).get(), late: sleep(5), promise: Promise.resolve("text") };
  const first = yield* select(ops);
  is<Same<typeof first, Selected<typeof ops>>>();
  switch (first.key) {
    case "job":
      is<Same<typeof first.value, number>>();
      break;
    case "late":
      is<Same<typeof first.value, void>>();
      break;
    case "promise":
      is<Same<typeof first.value, string>>();
      break;
    default:
      is<Same<typeof first, never>>();
  }
  const maybe = yield* select({ job: spawn(half, 3).get() }, { default: true });
  is<Same<typeof maybe.key, "job" | undefined>>();
  if (maybe.key === "job") is<Same<typeof maybe.value, number>>();
  else is<Same<typeof maybe.value, undefined>>();
}

function* composed(): Coroutine<void> {
  const both = yield* all([spawn(half, 3), spawn(double, "a").get(), sleep(1)]);
  is<Same<typeof both, [number, string, void]>>();
  const none = yield* all([]);
  is<Same<typeof none, []>>();
  const first = yield* race([spawn(half, 3), spawn(double, "a")]);
  is<Same<typeof first, number | string>>();
}

function surfaces(): void {
  const op: Op<number> = spawn(half, 3).get();
  is<Same<Awaited<typeof op>, number>>();
  const back: Switch<string> = new Greenlet(half).switch<string>(1);
  is<Same<typeof back.value, string | undefined>>();
  const local = new GreenletLocal(() => 3);
  is<Same<ReturnType<typeof local.get>, number | undefined>>();
  const greenlet = spawn(half, 3);
  is<Same<typeof greenlet.value, number | undefined>>();
  greenlet.link((ended) => {
    is<Same<typeof ended.value, number | undefined>>();
  });
  // @ts-expect-error an error must be an Error
  greenlet.kill("why");
  // @ts-expect-error a parent must be a Greenlet
  greenlet.parent = 3;
}

Deno.test("The compiler infers arguments and results through spawn, yield*, await and select", () => {
  void [spawned, yielded, awaited, selected, composed, surfaces];
});
