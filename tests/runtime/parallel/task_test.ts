// Copyright 2026 the Tendril authors. MIT license.
import {
  assertEquals,
  assertNotStrictEquals,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { task, WorkerPool } from "@tendril/tendril/parallel";
import { define } from "../../../runtime/parallel/definition.ts";
import { inPool } from "./helpers.ts";
import * as tasks from "./tasks.ts";

// Top level of a test module: evaluated again in each worker, where nothing of it must start workers.
const local = task(import.meta, function local(n: number): number {
  return notShipped(n);
});

function notShipped(n: number): number {
  return n + 100;
}

const outside = 5;

Deno.test("task() gives the function back, which runs where it is called", () => {
  const fn = function ofItsOwn() {
    return 1;
  };
  assertStrictEquals(task(import.meta, fn), fn);
  assertEquals(fn(), 1);
});

Deno.test("task() lets a worker find a function that needs its module", async () => {
  await inPool(1, {}, async (pool) => {
    assertEquals(await pool.apply(tasks.double, [4]), 8);
    assertEquals(await pool.apply(local, [4]), 104);
  });
});

Deno.test("task() refuses a function without a name", () => {
  assertThrows(() => task(import.meta, () => 1), TypeError, "without a name");
});

Deno.test("task() refuses a second function of one name in a module", () => {
  assertThrows(
    () => task(import.meta, function local() {}),
    TypeError,
    'Cannot make a task "local"',
  );
});

Deno.test("task() refuses what is no function, and what is no import.meta", () => {
  assertThrows(() => task(import.meta, 5 as unknown as () => void), TypeError, "a task of 5");
  assertThrows(
    () => task("x" as unknown as { url: string }, function named() {}),
    TypeError,
    "pass import.meta first",
  );
});

Deno.test("apply() runs what an address names", async () => {
  await inPool(1, {}, async (pool) => {
    const module = import.meta.resolve("./tasks.ts");
    assertEquals(await pool.apply<[number], number>({ module, name: "notATask" }, [4]), 9);
    assertEquals(await pool.apply({ module: new URL(module), name: "double" }, [4]), 8);
    await assertRejects(
      async () => await pool.apply({ module, name: "notAFunction" }),
      TypeError,
      'Cannot find the task "notAFunction"',
    );
  });
});

Deno.test("apply() refuses a relative address and what is no task at all", () => {
  using pool = new WorkerPool(1);
  assertThrows(
    () => pool.apply({ module: "./tasks.ts", name: "double" }),
    TypeError,
    "import.meta.resolve",
  );
  assertThrows(() => pool.apply(5 as unknown as () => void), TypeError, "Cannot run 5");
});

Deno.test("apply() sends functions of every kind that need nothing from outside", async () => {
  await inPool(1, {}, async (pool) => {
    const fns: ((n: number) => unknown)[] = [
      (n) => n + 1,
      async (n) => (await Promise.resolve(n)) + 1,
      function (n) {
        return n + 1;
      },
      function named(n): number {
        return n < 5 ? named(n + 1) : n;
      },
      function* (n) {
        yield;
        return n + 1;
      },
      { method: (n: number) => n + 1 }.method,
      {
        short(n: number) {
          return n + 1;
        },
      }.short,
      {
        *["comp" + "uted"](n: number) {
          return n + 1;
        },
      }.computed!,
      class {
        static async of(n: number) {
          return await n + 1;
        }
      }.of,
    ];
    for (const fn of fns) assertEquals(await pool.apply(fn, [4]), 5, String(fn));
    const factorial = (n: number): number => n < 2 ? 1 : n * factorial(n - 1);
    assertEquals(await pool.apply(factorial, [5]), 120);
  });
});

Deno.test("functions made again and again of one source are one to the workers", () => {
  const make = () => (n: number) => n + 1;
  assertNotStrictEquals(make(), make());
  assertStrictEquals(define("run", make()), define("run", make()));
  assertNotStrictEquals(define("run", make()), define("run", (n: number) => n + 2));
});

Deno.test("apply() refuses a closure at the call, naming the variable and the two ways out", () => {
  using pool = new WorkerPool(1);
  const error = assertThrows(() =>
    pool.apply(function sum(n: number) {
      return n + outside;
    }, [1]), ReferenceError);
  assertStringIncludes(error.message, 'Cannot run "sum" in a worker: it uses "outside"');
  assertStringIncludes(error.message, "task(import.meta, …)");
  assertStringIncludes(error.message, 'pass "outside" as an argument');
  assertEquals(pool.stats().started, 0);
});

Deno.test("apply() names a free variable that only the worker can find", async () => {
  await inPool(1, {}, async (pool) => {
    const hidden = () => {
      class Local {
        value = outside;
      }
      return new Local().value;
    };
    await assertRejects(
      async () => await pool.apply(hidden),
      ReferenceError,
      'Cannot run "hidden" in a worker: it uses "outside"',
    );
  });
});

Deno.test("apply() runs async and generator functions, and waits for what a plain one gives", async () => {
  await inPool(1, {}, async (pool) => {
    for (const fn of [tasks.doubleLater, tasks.doubleInGreenlet, tasks.promiseOfDouble]) {
      assertEquals(await pool.apply(fn, [6]), 12);
      assertEquals(await pool.map(fn, [1, 2, 3]), [2, 4, 6]);
    }
  });
});
