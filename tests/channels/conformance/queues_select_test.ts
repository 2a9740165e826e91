// Copyright 2026 the Tendril authors. MIT license.
// Everything that passes items in a select: it takes or gives one item, or none.

import { assert, assertEquals } from "@std/assert";
import { select, sleep } from "@tendril/tendril";
import { settle } from "../../manual_clock.ts";
import { attempt, bounded, every, fill, forEach, outcomes } from "./queue_kinds.ts";

forEach(
  every,
  "loses nothing to a getter that lost a select",
  async (face, _kind, colour, clock) => {
    const selecting = attempt(colour, () => select({ got: face.get(), late: sleep(10) }));
    await clock.advance(10);
    assertEquals(selecting.outcome, { value: { key: "late", value: undefined } });
    assertEquals(face.getters(), 0);
    const putting = attempt(colour, () => face.put(1));
    await settle();
    assertEquals(await face.get(), 1);
    await settle();
    assertEquals(outcomes([putting]), ["done"]);
  },
);

forEach(
  bounded,
  "takes nothing from a putter that lost a select",
  async (face, kind, colour, clock) => {
    const filled = fill(face, kind);
    const selecting = attempt(colour, () => select({ put: face.put(1), late: sleep(10) }));
    await clock.advance(10);
    assertEquals(selecting.outcome, { value: { key: "late", value: undefined } });
    assertEquals(face.putters(), 0);
    for (const _ of filled) await face.get();
    assertEquals(face.tryGet(), undefined);
  },
);

forEach(every, "lets a select that waits get an item, and only one", async (face, kind, colour) => {
  const other = kind.make();
  const selecting = attempt(colour, () => select({ a: face.get(), b: other.get() }));
  await settle();
  assertEquals([face.getters(), other.getters()], [1, 1]);
  await other.put(7);
  const putting = attempt(colour, () => face.put(8));
  await settle();
  assertEquals(selecting.outcome, { value: { key: "b", value: 7 } });
  assertEquals([face.getters(), other.getters()], [0, 0]);
  assertEquals(await face.get(), 8);
  await settle();
  assertEquals(outcomes([putting]), ["done"]);
});

forEach(every, "lets a select take one of two items that are there", async (face, kind, colour) => {
  const other = kind.make();
  const putting = [face, other].map((each, item) => attempt(colour, () => each.put(item)));
  await settle();
  const selecting = attempt(colour, () => select({ "0": face.get(), "1": other.get() }));
  await settle();
  const { key, value } =
    (selecting.outcome as { value: { key: PropertyKey; value: number } }).value;
  assertEquals(Number(key), value);
  const left = value === 0 ? other : face;
  assertEquals(await left.get(), 1 - value);
  await settle();
  assertEquals(outcomes(putting), ["done", "done"]);
  assertEquals([face.size(), other.size()], [0, 0]);
});

forEach(bounded, "lets a select that waits put an item", async (face, kind, colour) => {
  fill(face, kind);
  const selecting = attempt(colour, () => select({ put: face.put(1), late: sleep(10_000) }));
  await settle();
  const got = [await face.get()];
  await settle();
  assertEquals(selecting.outcome, { value: { key: "put", value: undefined } });
  while (got.length <= kind.capacity) got.push(await face.get());
  assert(got.includes(1));
});

forEach(every, "lets a select hold both ends", async (face, kind, colour) => {
  const first = attempt(colour, () => select({ put: face.put(1), got: face.get() }));
  await settle();
  if (kind.capacity > 0) {
    assertEquals(first.outcome, { value: { key: "put", value: undefined } });
    assertEquals(await face.get(), 1);
    return;
  }
  assertEquals(first.outcome, "waiting");
  const second = attempt(colour, () => select({ put: face.put(2), got: face.get() }));
  await settle();
  const results = [first, second].map(({ outcome }) =>
    (outcome as { value: { key: string; value: unknown } }).value
  );
  const [putter, getter] = results[0]!.key === "put" ? [0, 1] : [1, 0];
  assertEquals(results[putter], { key: "put", value: undefined });
  assertEquals(results[getter], { key: "got", value: putter + 1 });
  assertEquals([face.putters(), face.getters()], [0, 0]);
});
