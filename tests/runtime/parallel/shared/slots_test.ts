// Copyright 2026 the Tendril authors. MIT license.

import { assertEquals } from "@std/assert";
import type { Membership } from "../../../../runtime/parallel/shared/liveness.ts";
import { Roll } from "../../../../runtime/parallel/shared/liveness.ts";
import { Slots, SLOTS_WORDS } from "../../../../runtime/parallel/shared/slots.ts";

/** Views of one table for several isolates. */
function views(...names: string[]): { slots: Slots; member: Membership }[] {
  const roll = new Roll();
  const cells = new Int32Array(new SharedArrayBuffer(SLOTS_WORDS * 4));
  return names.map((name) => {
    const member = { roll, id: roll.enlist(name) };
    return { slots: new Slots(cells, 0, member), member };
  });
}

Deno.test("Slots notifies those that came first", () => {
  const [one, two] = views("one", "two");
  const first = one!.slots.take();
  const second = two!.slots.take();
  const third = one!.slots.take();
  assertEquals(two!.slots.notify(2), 2);
  assertEquals([first, second, third].map((slot) => one!.slots.notified(slot)), [
    true,
    true,
    false,
  ]);
  assertEquals(one!.slots.count(), 1);
  assertEquals(one!.slots.notify(5), 1);
  assertEquals(one!.slots.notify(1), 0);
});

Deno.test("Slots goes by who came first, not by the place", () => {
  const [one] = views("one");
  const first = one!.slots.take();
  const second = one!.slots.take();
  assertEquals(one!.slots.free(first), false);
  const third = one!.slots.take();
  assertEquals(third, first);
  one!.slots.notify(1);
  assertEquals([one!.slots.notified(second), one!.slots.notified(third)], [true, false]);
  assertEquals(one!.slots.free(second), true);
});

Deno.test("Slots passes over the dead, and gives their slots to others", () => {
  const [one, dead] = views("one", "dead");
  const lost = dead!.slots.take();
  const mine = one!.slots.take();
  dead!.member.roll.strike(dead!.member.id);
  assertEquals(one!.slots.count(), 1);
  assertEquals(one!.slots.notify(1), 1);
  assertEquals([one!.slots.notified(lost), one!.slots.notified(mine)], [false, true]);
  assertEquals(one!.slots.take(), lost);
});

Deno.test("Slots says when there are no more", () => {
  const [one] = views("one");
  for (let i = 0; i < 1000; i++) assertEquals(one!.slots.take(), i);
  assertEquals(one!.slots.take(), -1);
  assertEquals(one!.slots.notify(Infinity), 1000);
});
