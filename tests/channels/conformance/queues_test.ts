// Copyright 2026 the Tendril authors. MIT license.
// What everything that passes items has in common, tried out on each, from greenlets and async functions.

import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { spawn } from "@tendril/tendril";
import { settle } from "../../manual_clock.ts";
import {
  attempt,
  bounded,
  closing,
  every,
  expected,
  fill,
  forEach,
  forEachGreenlet,
  kinds,
  outcomes,
  storing,
} from "./queue_kinds.ts";

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
