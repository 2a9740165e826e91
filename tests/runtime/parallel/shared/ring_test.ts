// Copyright 2026 the Tendril authors. MIT license.

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { atHome, markDead, registerWorker } from "../../../../runtime/parallel/shared/liveness.ts";
import {
  DONE,
  FULL,
  makeRecords,
  MOST_RECORD,
  Ring,
  RING_WORDS,
  SHUT,
} from "../../../../runtime/parallel/shared/ring.ts";

const PUT_LOCK = 16;

function makeRing(limit = 0): Ring {
  const cells = new Int32Array(new SharedArrayBuffer(RING_WORDS * 4));
  const ring = new Ring(cells, makeRecords(), atHome());
  ring.limit = limit;
  return ring;
}

/** A record whose bytes tell it from others. */
function record(seed: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length + 3 & ~3);
  for (let i = 0; i < length; i++) bytes[i] = seed * 31 + (seed >> 8) * 17 + i * 7;
  return bytes;
}

function put(ring: Ring, seed: number, length: number): number {
  return ring.put(new Int32Array(record(seed, length).buffer), length);
}

function takeAndCheck(ring: Ring, seed: number, length: number): void {
  assertEquals(ring.take(), length);
  const expected = record(seed, length).subarray(0, length);
  assert(expected.every((byte, i) => ring.taken[i] === byte));
}

Deno.test("Ring gives records out as they were put, whatever their lengths", () => {
  const step = fc.oneof(
    fc.record({ put: fc.integer({ min: 0, max: 300 }) }),
    fc.record({ put: fc.integer({ min: 0, max: 70_000 }) }),
    fc.record({ take: fc.integer({ min: 1, max: 8 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const ring = makeRing();
      const model: { seed: number; length: number }[] = [];
      let seed = 0;
      for (const each of steps) {
        if ("put" in each) {
          assertEquals(put(ring, ++seed, each.put), DONE);
          model.push({ seed, length: each.put });
          continue;
        }
        for (let left = each.take; left > 0; left--) {
          const first = model.shift();
          if (first === undefined) assertEquals(ring.take(), -1);
          else takeAndCheck(ring, first.seed, first.length);
        }
      }
      assertEquals(ring.size, model.length);
      for (const { seed, length } of model) takeAndCheck(ring, seed, length);
      assertEquals(ring.take(), -1);
    }),
    { numRuns: 60 },
  );
});

Deno.test("Ring goes round its end many times without growing", () => {
  const ring = makeRing();
  const before = ring.records.byteLength;
  for (let seed = 0; seed < 20_000; seed++) {
    assertEquals(put(ring, seed, seed % 1000), DONE);
    takeAndCheck(ring, seed, seed % 1000);
  }
  assertEquals(ring.records.byteLength, before);
});

Deno.test("Ring keeps what fills a region to its last word", () => {
  const ring = makeRing();
  // 256 of these would be the whole first region.
  for (let seed = 0; seed < 300; seed++) assertEquals(put(ring, seed, 252), DONE);
  for (let seed = 0; seed < 300; seed++) takeAndCheck(ring, seed, 252);
});

Deno.test("Ring grows no more than what is in it needs", () => {
  const ring = makeRing();
  for (let seed = 0; seed < 1000; seed++) put(ring, seed, 1000);
  assert(ring.records.byteLength <= 4_000_000);
  for (let seed = 0; seed < 1000; seed++) takeAndCheck(ring, seed, 1000);
});

Deno.test("Ring refuses a record when it has as many as it may have", () => {
  const ring = makeRing(2);
  assertEquals([put(ring, 1, 4), put(ring, 2, 4), put(ring, 3, 4)], [DONE, DONE, FULL]);
  takeAndCheck(ring, 1, 4);
  assertEquals(put(ring, 3, 4), DONE);
  assertEquals(ring.size, 2);
});

Deno.test("Ring takes a record that is larger than all regions it has", () => {
  const ring = makeRing();
  put(ring, 1, 10);
  assertEquals(put(ring, 2, 3_000_001), DONE);
  put(ring, 3, 10);
  takeAndCheck(ring, 1, 10);
  takeAndCheck(ring, 2, 3_000_001);
  takeAndCheck(ring, 3, 10);
  assert(MOST_RECORD > 500_000_000);
});

Deno.test("Ring counts on when its numbers go round 32 bits", () => {
  const ring = makeRing(3);
  ring.cells[17] = ring.cells[33] = 2 ** 31 - 2; // PUTS and GETS
  for (let seed = 0; seed < 6; seed++) {
    assertEquals([put(ring, seed, 5), put(ring, seed, 6)], [DONE, DONE]);
    assertEquals(ring.size, 2);
    takeAndCheck(ring, seed, 5);
    takeAndCheck(ring, seed, 6);
  }
});

Deno.test("Ring is as before when a worker died while it put", () => {
  const ring = makeRing();
  put(ring, 1, 8);
  const pass = registerWorker("victim");
  // It had the lock and had written a part of its record, and where the next one goes.
  ring.cells[PUT_LOCK] = pass.id;
  const words = new Int32Array(ring.records, 0, 100);
  words.fill(-77, 3);
  ring.cells[18] = 999; // the tail that would have counted next
  markDead(pass);
  assertEquals(put(ring, 2, 12), DONE);
  takeAndCheck(ring, 1, 8);
  takeAndCheck(ring, 2, 12);
  assertEquals(ring.take(), -1);
  assertEquals(ring.cells[PUT_LOCK], 0);
});

Deno.test("Ring.close lets nothing in any more, and everything out", () => {
  const ring = makeRing();
  put(ring, 1, 8);
  ring.close();
  assertEquals(put(ring, 2, 8), SHUT);
  takeAndCheck(ring, 1, 8);
  assertEquals(ring.take(), -1);
});

Deno.test("Ring.clear drops all records and counts them", () => {
  const ring = makeRing();
  for (let seed = 0; seed < 5; seed++) put(ring, seed, 100_000);
  assertEquals(ring.clear(), 5);
  assertEquals(ring.size, 0);
  put(ring, 9, 10);
  takeAndCheck(ring, 9, 10);
});
