// Copyright 2026 the Tendril authors. MIT license.
// What all feeds have in common, over the lines of a process.

import { assertEquals, assertRejects } from "@std/assert";
import { getHub, run, spawn, Timeout, until } from "@tendril/tendril";
import { type Feed, Popen } from "@tendril/tendril/io";
import { settle } from "../../manual_clock.ts";

/** Lines that the test writes itself. */
class Lines implements AsyncDisposable {
  readonly #cat = new Popen(["cat"], { stdin: "piped", stdout: "piped" });
  readonly lines: Feed<string> = this.#cat.stdout!.lines();

  write(text: string): Promise<void> {
    return this.#cat.stdin!.write(text);
  }

  end(): Promise<void> {
    return this.#cat.stdin!.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#cat[Symbol.asyncDispose]();
  }
}

Deno.test("several readers of a feed are served first come, first served", async () => {
  await using source = new Lines();
  await run(function* () {
    const readers = [1, 2, 3].map(() =>
      spawn(function* () {
        return (yield* source.lines.next()).value;
      })
    );
    yield settle();
    yield source.write("one\ntwo\n");
    yield source.write("three\n");
    const got: unknown[] = [];
    for (const reader of readers) got.push(yield* reader);
    assertEquals(got, ["one", "two", "three"]);
  });
});

Deno.test("a reader of a feed that is killed or late takes nothing", async () => {
  await using source = new Lines();
  await run(function* () {
    const killed = spawn(function* () {
      yield* source.lines.next();
    });
    yield settle();
    yield* killed.kill();
    yield assertRejects(async () => await source.lines.next({ timeout: 1 }), Timeout);
    yield source.write("one\n");
    yield settle();
    assertEquals(yield* source.lines.next(), { done: false, value: "one" });
  });
});

Deno.test("a feed can be read by a greenlet and by a loop at the same time", async () => {
  await using source = new Lines();
  await run(function* () {
    const looping = spawn(async () => await Array.fromAsync(source.lines));
    yield settle();
    const reading = spawn(function* () {
      return (yield* source.lines.next()).value;
    });
    yield settle();
    yield source.write("one\ntwo\nthree\n");
    yield source.end();
    assertEquals(yield* reading, "two");
    assertEquals(yield* looping, ["one", "three"]);
  });
});

Deno.test("a feed that is closed ends for everybody who reads it", async () => {
  await using source = new Lines();
  const reading = [1, 2].map(() =>
    spawn(function* () {
      return (yield* source.lines.next()).done;
    })
  );
  await settle();
  assertEquals(source.lines.closed, false);
  source.lines.close();
  source.lines.close();
  assertEquals([await reading[0], await reading[1], source.lines.closed], [true, true, true]);
  assertEquals(await source.lines.next(), { done: true, value: undefined });
});

Deno.test("a feed that nobody reads asks for nothing and keeps nobody waiting", async () => {
  const { external } = getHub().stats();
  await using source = new Lines();
  await source.write("one\n");
  await settle();
  assertEquals(getHub().stats().external, external);
  const line = run(function* () {
    return yield* source.lines.next();
  });
  assertEquals((await line).value, "one");
  assertEquals(getHub().stats().external, external);
  await run(function* () {
    yield* until(source.end());
  });
});
