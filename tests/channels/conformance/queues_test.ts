// Copyright 2026 the Tendril authors. MIT license.
// What everything that passes items has in common, tried out on each, from greenlets and async functions.

import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { select, sleep, spawn } from "@tendril/tendril";
import { ManualClock, settle } from "../../manual_clock.ts";
import {
  attempt,
  type Colour,
  colours,
  type Face,
  type Kind,
  kinds,
  Model,
  outcomes,
} from "./queue_kinds.ts";

type Test = (face: Face, kind: Kind, colour: Colour, clock: ManualClock) => Promise<void>;

/** One test for each kind and each colour. */
function forEach(which: (kind: Kind) => boolean, promise: string, test: Test): void {
  for (const kind of kinds.filter(which)) {
    for (const colour of colours) {
      Deno.test(`${kind.name} ${promise}, in ${colour}s`, async () => {
        using clock = new ManualClock();
        await test(kind.make(), kind, colour, clock);
        await clock.advance(10_000);
      });
    }
  }
}

/** The same, where somebody must be killed. */
function forEachGreenlet(which: (kind: Kind) => boolean, promise: string, test: Test): void {
  forEach(which, promise, async (face, kind, colour, clock) => {
    if (colour !== "async function") await test(face, kind, colour, clock);
  });
}

const every = () => true;
const bounded = ({ capacity }: Kind) => capacity < Infinity;
const storing = ({ capacity }: Kind) => capacity > 0;
const closing = (kind: Kind) => kind.make().close !== undefined;

/** Puts items until there is no room. */
function fill(face: Face, kind: Kind): number[] {
  const items: number[] = [];
  while (items.length < kind.capacity) {
    items.push(100 + items.length);
    face.tryPut(items.at(-1)!);
  }
  return items;
}

/** What getters get of items that are put in this order, one getter after the other. */
function expected(kind: Kind, items: number[]): number[] {
  const got: number[] = [];
  const model = new Model<number, number>(kind, () => {}, (_who, item) => got.push(item));
  items.forEach((item) => model.put(item, item));
  items.forEach((_, who) => model.get(who));
  return got;
}

forEach(every, "gives out what was put, in its order", async (face, kind, colour) => {
  const items = [3, 1, 4, 2, 5];
  const putting = items.map((item) => attempt(colour, () => face.put(item)));
  await settle();
  const getting = items.map(() => attempt(colour, () => face.get()));
  await settle();
  assertEquals(outcomes(getting), expected(kind, items));
  assertEquals(outcomes(putting), items.map(() => "done"));
  assertEquals(face.size(), 0);
});

forEach(
  every,
  "serves those who wait to get first come, first served",
  async (face, _kind, colour) => {
    const getting = [0, 1, 2].map(() => attempt(colour, () => face.get()));
    await settle();
    assertEquals(face.getters(), 3);
    for (const item of [1, 2, 3]) await face.put(item);
    await settle();
    assertEquals(outcomes(getting), [1, 2, 3]);
  },
);

forEach(
  bounded,
  "serves those who wait to put first come, first served",
  async (face, kind, colour) => {
    const filled = fill(face, kind);
    const putting = [1, 2, 3].map((item) => attempt(colour, () => face.put(item)));
    await settle();
    assertEquals(outcomes(putting), ["waiting", "waiting", "waiting"]);
    for (let done = 1; done <= 3; done++) {
      await face.get();
      await settle();
      assertEquals(outcomes(putting), ["done", "done", "done"].fill("waiting", done));
    }
    assertEquals(face.size(), filled.length);
  },
);

forEach(bounded, "lets a put wait for room, and be done with it", async (face, kind, colour) => {
  fill(face, kind);
  assertEquals(face.tryPut(1), false);
  const putting = attempt(colour, () => face.put(1));
  await settle();
  assertEquals([outcomes([putting]), face.putters()], [["waiting"], 1]);
  await face.get();
  await settle();
  assertEquals([outcomes([putting]), face.putters()], [["done"], 0]);
});

forEach(storing, "finishes a put at once when there is room", async (face, _kind, colour) => {
  const putting = attempt(colour, () => face.put(1));
  await settle();
  assertEquals([outcomes([putting]), face.size()], [["done"], 1]);
});

forEachGreenlet(every, "loses nothing to a getter that was killed", async (face, _kind, colour) => {
  const getting = [0, 1, 2].map(() => attempt(colour, () => face.get()));
  await settle();
  getting[1]!.kill();
  await settle();
  assertEquals(face.getters(), 2);
  const putting = [1, 2, 3].map((item) => attempt(colour, () => face.put(item)));
  await settle();
  assertEquals(outcomes(getting), [1, "GreenletExit", 2]);
  assertEquals(await face.get(), 3);
  await settle();
  assertEquals(outcomes(putting), ["done", "done", "done"]);
});

forEachGreenlet(
  every,
  "gives an item to a getter that is killed in the same turn afterwards",
  async (face, _kind, colour) => {
    const getting = [attempt(colour, () => face.get()), attempt(colour, () => face.get())];
    await settle();
    face.tryPut(1);
    getting[0]!.kill();
    face.tryPut(2);
    await settle();
    assertEquals(outcomes(getting), [1, 2]);
  },
);

forEachGreenlet(
  every,
  "keeps an item for the next when the first getter is killed before in the same turn",
  async (face, _kind, colour) => {
    const getting = [attempt(colour, () => face.get()), attempt(colour, () => face.get())];
    await settle();
    getting[0]!.kill();
    face.tryPut(1);
    await settle();
    assertEquals(outcomes(getting), ["GreenletExit", 1]);
  },
);

forEachGreenlet(
  bounded,
  "takes nothing from a putter that was killed",
  async (face, kind, colour) => {
    const filled = fill(face, kind);
    const putting = [1, 2].map((item) => attempt(colour, () => face.put(item)));
    await settle();
    putting[0]!.kill();
    await settle();
    const got: number[] = [];
    for (let i = 0; i <= filled.length; i++) got.push(await face.get());
    await settle();
    assertEquals(outcomes(putting), ["GreenletExit", "done"]);
    assertEquals(got.toSorted(), [...filled, 2].toSorted());
    assertEquals([face.tryGet(), face.putters()], [undefined, 0]);
  },
);

forEach(
  every,
  "loses nothing to a getter whose time was over",
  async (face, kind, colour, clock) => {
    const getting = attempt(colour, () => face.get({ timeout: 10 }));
    await clock.advance(10);
    assertInstanceOf((getting.outcome as { error: unknown }).error, kind.empty);
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
  "takes nothing from a putter whose time was over",
  async (face, kind, colour, clock) => {
    const filled = fill(face, kind);
    const putting = attempt(colour, () => face.put(1, { timeout: 10 }));
    await clock.advance(10);
    assertInstanceOf((putting.outcome as { error: unknown }).error, kind.full);
    assertEquals(face.putters(), 0);
    for (const _ of filled) await face.get();
    assertEquals(face.tryGet(), undefined);
  },
);

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

forEach(
  closing,
  "fails everybody who waits to get when it is closed",
  async (face, kind, colour) => {
    const getting = [0, 1].map(() => attempt(colour, () => face.get()));
    const iterating = attempt(colour, () => face.next());
    await settle();
    face.close!();
    await settle();
    for (const { outcome } of getting) {
      assertInstanceOf((outcome as { error: unknown }).error, kind.closedGet);
    }
    assertEquals(iterating.outcome, { value: { done: true, value: undefined } });
    assertEquals(face.getters(), 0);
  },
);

forEach(
  (kind) => closing(kind) && bounded(kind),
  "fails everybody who waits to put when it is closed, and keeps what is stored",
  async (face, kind, colour) => {
    const filled = fill(face, kind);
    const putting = [1, 2].map((item) => attempt(colour, () => face.put(item)));
    await settle();
    face.close!();
    await settle();
    for (const { outcome } of putting) {
      assertInstanceOf((outcome as { error: unknown }).error, kind.closedPut);
    }
    assertEquals([face.putters(), face.size()], [0, filled.length]);
    const getting = filled.map(() => attempt(colour, () => face.get()));
    await settle();
    assertEquals(outcomes(getting).toSorted(), filled);
    await assertRejects(async () => await face.get(), kind.closedGet);
  },
);

forEach(closing, "refuses everything once it is closed and drained", async (face, kind, colour) => {
  face.close!();
  const putting = attempt(colour, () => face.put(1));
  const getting = attempt(colour, () => face.get());
  const iterating = attempt(colour, () => face.next());
  await settle();
  assertInstanceOf((putting.outcome as { error: unknown }).error, kind.closedPut);
  assertInstanceOf((getting.outcome as { error: unknown }).error, kind.closedGet);
  assertEquals(iterating.outcome, { value: { done: true, value: undefined } });
});

forEach(closing, "can be closed twice", async (face, _kind, colour) => {
  face.close!();
  face.close!();
  const iterating = attempt(colour, () => face.next());
  await settle();
  assertEquals(iterating.outcome, { value: { done: true, value: undefined } });
});

forEach(
  (kind) => closing(kind) && storing(kind),
  "can be iterated up to its end",
  async (face, _kind, colour) => {
    assertEquals(face.tryPut(1), true);
    face.close!();
    const first = attempt(colour, () => face.next());
    await settle();
    const second = attempt(colour, () => face.next());
    await settle();
    assertEquals(first.outcome, { value: { done: false, value: 1 } });
    assertEquals(second.outcome, { value: { done: true, value: undefined } });
  },
);

forEach(every, "can be used without waiting where nobody may wait", async (face, kind, colour) => {
  assertEquals(face.tryGet(), undefined);
  const getting = attempt(colour, () => face.get());
  await settle();
  await new Promise<void>((resolve) =>
    setTimeout(() => {
      assertEquals(face.tryPut(1), true);
      resolve();
    })
  );
  await settle();
  assertEquals(outcomes([getting]), [1]);
  assertEquals(face.tryPut(2), kind.capacity > 0);
  assertEquals(face.tryGet(), kind.capacity > 0 ? 2 : undefined);
});

forEach(every, "refuses an Op that is used twice", async (face, _kind, colour) => {
  const op = face.get();
  const first = attempt(colour, () => op);
  await settle();
  const second = attempt(colour, () => op);
  await settle();
  assertEquals(outcomes([first, second]), ["waiting", "TypeError"]);
  assertEquals(face.tryPut(1), true);
  await settle();
  const third = attempt(colour, () => op);
  await settle();
  assertEquals(outcomes([first, third]), [1, "TypeError"]);
});

forEach(every, "keeps Ops apart that were made before any is used", async (face, kind, colour) => {
  const putting = [face.put(1), face.put(2)].map((op) => attempt(colour, () => op));
  const getting = [face.get(), face.get()].map((op) => attempt(colour, () => op));
  await settle();
  assertEquals(outcomes(getting), expected(kind, [1, 2]));
  assertEquals(outcomes(putting), ["done", "done"]);
});

forEach(every, "shows who waits for it in a dump", async (face, _kind, colour) => {
  const getting = attempt(colour, () => face.get());
  await settle();
  assert(Deno.inspect(face.object).endsWith(", 1 waiting>"), Deno.inspect(face.object));
  face.tryPut(1);
  await settle();
  assertEquals(outcomes([getting]), [1]);
});

for (const kind of kinds) {
  Deno.test(`${kind.name} passes items between greenlets and async functions`, async () => {
    const face = kind.make();
    const sent: number[] = [];
    const got: number[] = [];
    const producers = [
      spawn(function* () {
        for (let item = 0; item < 50; item++) {
          yield* face.put(item);
          sent.push(item);
        }
      }),
      (async () => {
        for (let item = 50; item < 100; item++) {
          await face.put(item);
          sent.push(item);
        }
      })(),
    ];
    const consumers = [
      spawn(function* () {
        for (let i = 0; i < 50; i++) got.push(yield* face.get());
      }),
      (async () => {
        for (let i = 0; i < 50; i++) got.push(await face.get());
      })(),
    ];
    await Promise.all([...producers, ...consumers]);
    const numbers = Array.from({ length: 100 }, (_, item) => item);
    assertEquals(got.toSorted((a, b) => a - b), numbers);
    assertEquals(sent.toSorted((a, b) => a - b), numbers);
  });
}
