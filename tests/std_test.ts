// Copyright 2026 the Tendril authors. MIT license.
// The stand-ins of tools/std behave as the packages whose names they bear.

import * as assertModule from "@std/assert";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  abortable,
  deadline,
  delay,
  MuxAsyncIterator,
  pooledMap,
  retry,
  RetryError,
  tee,
} from "@std/async";
import { parseArgs } from "@std/cli/parse-args";
import { ascend, BinaryHeap, BinarySearchTree, Deque, RedBlackTree } from "@std/data-structures";
import { format as formatBytes } from "@std/fmt/bytes";
import * as colors from "@std/fmt/colors";
import { format as formatDuration } from "@std/fmt/duration";
import { sprintf } from "@std/fmt/printf";
import {
  assertSpyCall,
  assertSpyCallArg,
  assertSpyCallArgs,
  assertSpyCallAsync,
  assertSpyCalls,
  MockError,
  resolvesNext,
  returnsArg,
  returnsNext,
  returnsThis,
  spy,
  stub,
} from "@std/testing/mock";
import { FakeTime, TimeError } from "@std/testing/time";

async function* count(n: number): AsyncGenerator<number> {
  for (let i = 1; i <= n; i++) yield await Promise.resolve(i);
}

async function assertDeclared(file: string, module: object): Promise<void> {
  const text = await Deno.readTextFile(new URL(`../tools/std/${file}`, import.meta.url));
  const names = Array.from(text.matchAll(/^export (?:class|function) (\w+)/gm), (m) => m[1]!);
  assertEquals(names.filter((name) => !(name in module)), []);
}

Deno.test("assert and fmt/colors have every function that is declared", async () => {
  await assertDeclared("assert/mod.d.ts", assertModule);
  await assertDeclared("fmt/colors.d.ts", colors);
});

Deno.test("assertThrows() and assertRejects() return an error of the class they were given", async () => {
  const thrown: RangeError = assertThrows(
    () => {
      throw new RangeError("too far");
    },
    RangeError,
    "far",
  );
  const rejected: TypeError = await assertRejects(
    () => Promise.reject(new TypeError("odd")),
    TypeError,
  );
  assertEquals([thrown.message, rejected.message], ["too far", "odd"]);
});

Deno.test("async cancels by deadline and by signal", async () => {
  const never = new Promise<void>(() => {});
  await assertRejects(() => deadline(never, 1), DOMException);
  await assertRejects(() => abortable(never, AbortSignal.abort(new Error("stop"))), Error, "stop");
  await assertRejects(() => delay(1, { signal: AbortSignal.abort() }), DOMException);
});

Deno.test("async retries and then tells the cause", async () => {
  const fail = () => Promise.reject(new Error("again"));
  const error = await assertRejects(
    () => retry(fail, { minTimeout: 0, maxAttempts: 2 }),
    RetryError,
  );
  assertEquals((error.cause as Error).message, "again");
});

Deno.test("async maps, splits and joins streams", async () => {
  const doubled = pooledMap(2, [1, 2, 3], (n) => Promise.resolve(2 * n));
  assertEquals(await Array.fromAsync(doubled), [2, 4, 6]);
  const [left, right] = tee(count(2));
  assertEquals(await Array.fromAsync(left), await Array.fromAsync(right));
  const both = new MuxAsyncIterator<number>();
  both.add(count(2));
  both.add(count(2));
  assertEquals((await Array.fromAsync(both)).toSorted(), [1, 1, 2, 2]);
});

Deno.test("data-structures keep their order", () => {
  const heap = new BinaryHeap<number>(ascend);
  heap.push(3, 1, 2);
  assertEquals([...heap.drain()], [1, 2, 3]);
  const tree = new RedBlackTree<{ at: number }>((a, b) => a.at - b.at);
  tree.insert({ at: 2 });
  tree.insert({ at: 1 });
  assertEquals(tree.min(), { at: 1 });
  assert(tree instanceof BinarySearchTree);
  const deque = new Deque<number>([1, 2]);
  deque.pushFront(0);
  assertEquals([...deque.reversed()], [2, 1, 0]);
});

Deno.test("fmt formats bytes, durations, colours and printf patterns", () => {
  assertEquals(formatBytes(1337), "1.34 kB");
  assertEquals(formatDuration(99_674, { ignoreZero: true }), "1m 39s 674ms");
  assertEquals(colors.stripAnsiCode(colors.bold("bold")), "bold");
  assertEquals(sprintf("%05.1f", 3.14159), "003.1");
});

Deno.test("parseArgs() knows the types of its options", () => {
  const parsed = parseArgs(["-j", "16", "-v", "--dir", "out", "--header", "a: b", "url"], {
    string: ["dir", "input", "header"],
    boolean: ["v"],
    collect: ["header"],
    alias: { j: "jobs", v: ["verbose"] },
    default: { dir: "." },
  });
  const dir: string = parsed.dir;
  const input: string | undefined = parsed.input;
  const header: string[] = parsed.header;
  const verbose: boolean = parsed.verbose;
  const jobs: unknown = parsed["jobs"];
  assertEquals([dir, input, header, verbose, jobs], ["out", undefined, ["a: b"], true, 16]);
  assertEquals(parsed._, ["url"]);
});

Deno.test("FakeTime runs timers in order at their times", () => {
  using time = new FakeTime(1000);
  const log: [string, number][] = [];
  const note = (name: string) => log.push([name, Date.now()]);
  setTimeout(() => {
    note("first");
    setTimeout(note, 10, "nested");
  }, 10);
  const interval = setInterval(note, 7, "interval");
  time.tick(15);
  assertEquals(log, [["interval", 1007], ["first", 1010], ["interval", 1014]]);
  assert(time.next());
  assertEquals(log.at(-1), ["nested", 1020]);
  clearInterval(interval);
  assert(!time.next());
  assertEquals([time.start, time.now], [1000, 1020]);
  assertThrows(() => time.now = 0, RangeError);
});

Deno.test("FakeTime drives chained sleeps and AbortSignal.timeout", async () => {
  using time = new FakeTime();
  const signal = AbortSignal.timeout(1500);
  const sleeps = (async () => {
    for (let i = 0; i < 3; i++) await delay(1000);
  })();
  await time.runAllAsync();
  await sleeps;
  assert(signal.aborted);
  assertEquals(time.now - time.start, 3000);
});

Deno.test("FakeTime gives real time back, for a while or for good", async () => {
  const realSetTimeout = setTimeout;
  {
    using time = new FakeTime();
    assert(setTimeout !== realSetTimeout);
    await FakeTime.restoreFor(() => assert(setTimeout === realSetTimeout));
    await time.delay(1);
    assertThrows(() => new FakeTime(), TimeError);
  }
  assert(setTimeout === realSetTimeout);
  assertThrows(() => FakeTime.restore(), TimeError);
});

Deno.test("spy() records arguments, results and errors", () => {
  const half = spy((n: number) => {
    if (n % 2) throw new RangeError("odd number");
    return n / 2;
  });
  assertEquals(half(4), 2);
  assertThrows(() => half(3));
  assertSpyCall(half, 0, { args: [4], returned: 2 });
  assertSpyCall(half, 1, { error: { Class: RangeError, msgIncludes: "odd" } });
  assertSpyCallArg(half, 1, 0, 3);
  assertSpyCalls(half, 2);
  assertThrows(() => assertSpyCalls(half, 1));
  assertThrows(() => assertSpyCall(half, 0, { args: [5] }));
  assertThrows(() => half.restore(), MockError);
});

Deno.test("spy() and stub() put a method back", () => {
  const counter = { step: 2, next: (n: number) => n + 1 };
  {
    using next = spy(counter, "next");
    assertEquals(counter.next(1), 2);
    assertSpyCall(next, 0, { self: counter, args: [1], returned: 2 });
  }
  {
    using next = stub(counter, "next", returnsNext([7, new Error("empty")]));
    assertEquals(counter.next(1), 7);
    assertThrows(() => counter.next(2), Error, "empty");
    assertThrows(() => counter.next(3), MockError);
    assertSpyCallArgs(next, 2, [3]);
  }
  assertEquals(counter.next(1), 2);
});

Deno.test("assertSpyCallAsync() looks into the promise", async () => {
  const load = spy(resolvesNext<string>(["text", new TypeError("offline")]));
  await load();
  await assertRejects(() => load());
  await assertSpyCallAsync(load, 0, { returned: "text" });
  await assertSpyCallAsync(load, 1, { error: { Class: TypeError, msgIncludes: "offline" } });
});

Deno.test("returnsThis() and returnsArg() return what they were called with", () => {
  const self = { same: returnsThis(), second: returnsArg<string>(1) };
  assert(self.same() === self);
  assertEquals(self.second("a", "b"), "b");
});
