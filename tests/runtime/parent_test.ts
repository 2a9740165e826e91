// Copyright 2026 the Tendril authors. MIT license.
// The parent of a greenlet: which it is, and what it may be set to.

import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  getCurrent,
  Greenlet,
  GreenletError,
  mainGreenlet,
  run,
  sleep,
  spawn,
  spawnWith,
} from "@tendril/tendril";

function idler(parent?: Greenlet): Greenlet {
  return new Greenlet(() => {}, parent === undefined ? {} : { parent });
}

/** Sets a parent that the type does not allow. */
function setParent(greenlet: Greenlet, parent: unknown): void {
  Reflect.set(greenlet, "parent", parent);
}

Deno.test("Greenlet.parent is main for a greenlet made outside any greenlet", () => {
  assertStrictEquals(idler().parent, mainGreenlet);
});

Deno.test("Greenlet.parent is the greenlet that made it", () => {
  new Greenlet(() => {
    assertStrictEquals(idler().parent, getCurrent());
  }).switch();
});

Deno.test("Greenlet.parent is what the options say", () => {
  const parent = idler();
  assertStrictEquals(idler(parent).parent, parent);
});

Deno.test("Greenlet.parent of a spawned greenlet is main, whoever spawned it", async () => {
  await run(function* () {
    assertStrictEquals(spawn(() => {}).parent, mainGreenlet);
  });
});

Deno.test("Greenlet.parent of a spawned greenlet stays the one given in the options", async () => {
  await run(function* () {
    const parent = getCurrent();
    assertStrictEquals(spawnWith({ parent }, () => {}).parent, parent);
  });
});

Deno.test("Greenlet.parent of main is null", () => {
  assertEquals(mainGreenlet.parent, null);
});

Deno.test("Greenlet.parent of main cannot be set", () => {
  assertThrows(
    () => setParent(mainGreenlet, idler()),
    GreenletError,
    "Cannot set the parent of main",
  );
});

Deno.test("Greenlet.parent can be set to main", () => {
  const child = idler(idler());
  child.parent = mainGreenlet;
  assertStrictEquals(child.parent, mainGreenlet);
});

Deno.test("Greenlet.parent refuses what is no Greenlet and names it", () => {
  const child = idler();
  for (const [wrong, shown] of [[null, "null"], [undefined, "undefined"], [3, "3"], ["x", '"x"']]) {
    assertThrows(() => setParent(child, wrong), TypeError, `must be a Greenlet, got ${shown}`);
  }
  assertStrictEquals(child.parent, mainGreenlet);
});

Deno.test("Greenlet.parent refuses the greenlet itself", () => {
  const child = idler();
  assertThrows(() => child.parent = child, RangeError, "that would make a cycle");
});

Deno.test("Greenlet.parent refuses a descendant however deep", () => {
  const top = idler();
  const bottom = idler(idler(idler(top)));
  assertThrows(() => top.parent = bottom, RangeError, "that would make a cycle");
  assertStrictEquals(top.parent, mainGreenlet);
});

Deno.test("Greenlet.parent refuses a cycle through a dead greenlet", () => {
  const top = idler();
  const middle = idler(top);
  const bottom = idler(middle);
  middle.throw();
  assertThrows(() => top.parent = bottom, RangeError, "that would make a cycle");
});

Deno.test("Greenlet.parent refused in the options makes no greenlet", () => {
  assertThrows(
    // @ts-expect-error a number is no Greenlet
    () => new Greenlet(() => {}, { parent: 7 }),
    TypeError,
    "must be a Greenlet, got 7",
  );
});

Deno.test("Greenlet.parent can be moved down a chain and back", () => {
  const [a, b, c] = [idler(), idler(), idler()];
  b.parent = a;
  c.parent = b;
  b.parent = mainGreenlet;
  a.parent = c;
  assertEquals([a.parent, b.parent, c.parent], [c, mainGreenlet, b]);
});

Deno.test("Greenlet.parent of a dead greenlet can still be set", () => {
  const dead = idler();
  dead.switch();
  const parent = idler();
  dead.parent = parent;
  assertStrictEquals(dead.parent, parent);
});

Deno.test("A spawned greenlet with a parent gives its result to that parent", async () => {
  await run(function* () {
    const back: unknown[] = [];
    const parent: Greenlet = new Greenlet(function* () {
      back.push(yield* mainish.switch());
    });
    const mainish = getCurrent();
    yield* parent.switch();
    spawnWith({ parent }, () => "result");
    yield* sleep(0);
    assertEquals(back, ["result"]);
  });
});
