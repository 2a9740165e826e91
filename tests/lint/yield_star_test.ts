// Copyright 2026 the Tendril authors. MIT license.
import { assertEquals } from "@std/assert";
import { findings, fixed } from "./findings.ts";

Deno.test("yield-star finds operations that are yielded, and adds the star", () => {
  const body = `function* work() {
  yield sleep(1);
  const n: number = yield channel.receive();
  console.log(yield  greenlet.get());
  yield greenlet.kill();
}
run(function* () { yield greenlet.switch(); });
new Greenlet(function* () { yield sleep(2); });`;
  assertEquals(findings(body).length, 6);
  assertEquals(
    fixed(body),
    `function* work() {
  yield* sleep(1);
  const n: number = yield* channel.receive();
  console.log(yield*  greenlet.get());
  yield* greenlet.kill();
}
run(function* () { yield* greenlet.switch(); });
new Greenlet(function* () { yield* sleep(2); });`,
  );
});

Deno.test("yield-star finds generators that are yielded by what is certainly a greenlet", () => {
  const body = `function* step(): Coroutine { yield* sleep(1); }
function* work(): Coroutine { yield step(1); }
run(function* () { yield step(2); });
visit(function* () { yield step(3); });
function* jobs() { yield step(4); }`;
  assertEquals(findings(body), ["yield-star: yield step(1)", "yield-star: yield step(2)"]);
});

Deno.test("yield-star lets a bare yield, promises and yield* through", () => {
  assertEquals(
    findings(`function* work() {
  yield;
  yield Promise.resolve(1);
  yield fetch("http://localhost");
  yield* sleep(1);
}`),
    [],
  );
});

Deno.test("yield-star lets generators through whose type says what they yield", () => {
  assertEquals(
    findings(`function* pauses(): Generator<Op<void>> { yield sleep(1); }
class Pauses { *[Symbol.iterator]() { yield sleep(1); } }`),
    [],
  );
});

Deno.test("yield-star lets generators through that are iterated over", () => {
  assertEquals(
    findings(`function* one() { yield sleep(1); }
function* two() { yield sleep(1); }
function* three() { yield sleep(1); }
const four = function* () { yield sleep(1); };
function* five() { yield sleep(1); }
function* work() {
  yield* all([...one()]);
  for (const op of two()) yield* op;
  const op = three().next().value;
  yield* race(Array.from(four()));
  const lists = [five()];
  yield* all((function* () { yield sleep(1); })());
}`),
    [],
  );
});

Deno.test("yield-star finds what a generator yields that is called as a part of a greenlet", () => {
  const body = `function* step() { yield sleep(1); }
function* deep() { yield sleep(2); }
function* work() {
  yield* step();
  yield* call(deep());
}`;
  assertEquals(findings(body), ["yield-star: yield sleep(1)", "yield-star: yield sleep(2)"]);
});

Deno.test("yield-star lets async generators through", () => {
  assertEquals(findings("async function* values() { yield channel.receive(); }"), []);
});
