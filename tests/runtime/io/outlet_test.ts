// Copyright 2026 the Tendril authors. MIT license.

import { Buffer } from "node:buffer";
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { type Coroutine, dump, select, sleep, spawn, Timeout, withTimeout } from "@tendril/tendril";
import type { Connection } from "@tendril/tendril/io";
import { settle } from "../../manual_clock.ts";
import { between, bytes, readAll, text, thrown, waitsFor } from "./sockets.ts";

/** More than the system takes when the other end does not read. */
const MUCH = 20_000_000;
const much = new Uint8Array(MUCH).fill(1);

/** Begins a write and kills it when the system takes no more. */
function* giveUpWrite(near: Connection): Coroutine<void> {
  const writing = spawn(function* () {
    yield* near.write(much);
  });
  yield waitsFor(`write ${near.name}`);
  yield settle();
  yield* writing.kill();
}

/** How many bytes of a write that was given up came before `rest`. */
function countBefore(received: Uint8Array, rest: string): number {
  const count = received.lastIndexOf(1) + 1;
  assert(Buffer.compare(received.subarray(0, count), much.subarray(0, count)) === 0);
  assertEquals(text(received.subarray(count)), rest);
  return count;
}

Deno.test("a killed write may have sent a part, and the next write comes whole after it", async () => {
  await between(function* ({ near, far }) {
    yield* giveUpWrite(near);
    const writing = spawn(() => near.write(bytes("next")));
    yield waitsFor(`write ${near.name} (after a write that was given up)`);
    const received = readAll(far);
    yield* writing;
    yield* near.write(bytes(" and another"));
    near.close();
    const count = countBefore((yield received) as Uint8Array, "next and another");
    assert(count > 0 && count < MUCH);
  });
});

Deno.test("a write that was killed while it waited for another sends nothing", async () => {
  await between(function* ({ near, far }) {
    yield* giveUpWrite(near);
    const writing = spawn(function* () {
      yield* near.write(bytes("never"));
    });
    yield waitsFor(`write ${near.name} (after`);
    yield* writing.kill();
    const last = spawn(() => near.write(bytes("last")));
    yield waitsFor(`write ${near.name} (after`);
    const received = readAll(far);
    yield* last;
    near.close();
    countBefore((yield received) as Uint8Array, "last");
  });
});

Deno.test("a write that is killed before the system had it all sends nothing more", async () => {
  await between(function* ({ near, far }) {
    yield* giveUpWrite(near);
    const received = readAll(far);
    yield* near.closeWrite();
    assert(((yield received) as Uint8Array).length < MUCH);
    assert(!dump().includes("write"));
  });
});

Deno.test("a write that times out is given up like a killed one", async () => {
  await between(function* ({ near, far }) {
    assertEquals(yield* withTimeout(5, near.write(much), { value: "late" }), "late");
    const limit = Timeout.startNew(5);
    const error = yield* thrown(function* () {
      yield* near.write(bytes("never"));
    });
    assertStrictEquals(error, limit as unknown as Error);
    const received = readAll(far);
    yield* near.write(bytes("last"));
    near.close();
    countBefore((yield received) as Uint8Array, "last");
  });
});

Deno.test("a write that loses a select is given up like a killed one", async () => {
  await between(function* ({ near, far }) {
    const { key } = yield* select({ write: near.write(much), late: sleep(5) });
    assertEquals(key, "late");
    const received = readAll(far);
    yield* near.write(bytes("last"));
    near.close();
    countBefore((yield received) as Uint8Array, "last");
  });
});

Deno.test("a write of an async greenlet is given up like another", async () => {
  await between(function* ({ near, far }) {
    const writing = spawn(async () => {
      await near.write(much);
    });
    yield waitsFor(`write ${near.name}`);
    yield* writing.kill();
    const received = readAll(far);
    yield* near.write(bytes("last"));
    near.close();
    countBefore((yield received) as Uint8Array, "last");
  });
});

Deno.test("writes that are killed at any moment never mix their bytes", async () => {
  await between(function* ({ near, far }) {
    const received = readAll(far);
    const size = 100_000;
    let whole = 0;
    for (let round = 0; round < 60; round++) {
      const bytes = new Uint8Array(size).fill(round);
      const writing = spawn(function* () {
        yield* near.write(bytes);
      });
      for (let turn = 0; turn < round % 7; turn++) yield settle();
      yield* writing.kill();
      if (writing.value === undefined) whole++;
    }
    near.close();
    const all = (yield received) as Uint8Array;
    const sent: { round: number; count: number }[] = [];
    for (let at = 0; at < all.length;) {
      const start = at;
      while (all[at] === all[start]) at++;
      sent.push({ round: all[start]!, count: at - start });
    }
    assertEquals(sent, sent.toSorted((a, b) => a.round - b.round));
    assert(sent.every(({ count }) => count <= size));
    assert(sent.filter(({ count }) => count === size).length >= whole);
  });
});
