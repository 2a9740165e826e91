// Copyright 2026 the Tendril authors. MIT license.
import { assertEquals } from "@std/assert";
import { findings } from "./findings.ts";

Deno.test("no-await-in-greenlet finds operations that async callbacks in a generator await", () => {
  const body = `function* work() {
  yield* until(Promise.all([1, 2].map(async (n) => await channel.send(n))));
  setTimeout(async () => { await sleep(1); }, 10);
  addEventListener("load", async () => { await greenlet.join(); });
  yield* until((async () => { await sleep(2); })());
  [1].forEach((n) => [n].forEach(async () => { await sleep(3); }));
}`;
  assertEquals(findings(body), [
    "no-await-in-greenlet: await channel.send(n)",
    "no-await-in-greenlet: await sleep(1)",
    "no-await-in-greenlet: await greenlet.join()",
    "no-await-in-greenlet: await sleep(2)",
    "no-await-in-greenlet: await sleep(3)",
  ]);
});

Deno.test("no-await-in-greenlet finds operations that a generator makes promises", () => {
  const body = `function* work() {
  sleep(1).then(() => console.log("late"));
  const next = channel.receive().then((n) => n + 1);
}`;
  assertEquals(findings(body), [
    "no-await-in-greenlet: sleep(1).then",
    "no-await-in-greenlet: channel.receive().then",
  ]);
});

Deno.test("no-await-in-greenlet lets the async bodies of greenlets through", () => {
  assertEquals(
    findings(`function* work() {
  spawn(async () => { await sleep(1); });
  greenlet.link(async (ended) => { await ended.join(); });
  yield* pool.map(async (n: number) => await channel.send(n), [1, 2]);
  yield* scope(async (s) => { await s.spawn(sleep, 1).join(); });
  async function helper() { await sleep(2); }
}`),
    [],
  );
});

Deno.test("no-await-in-greenlet lets async code outside of generators through", () => {
  assertEquals(
    findings(`async function work() {
  await Promise.all([1, 2].map(async (n) => await channel.send(n)));
  sleep(1).then(() => console.log("late"));
}
setTimeout(async () => { await sleep(1); }, 10);
spawn(function* () {
  spawn(async () => { await Promise.all([1].map(async (n) => await sleep(n))); });
  class Local { static { setTimeout(async () => { await sleep(2); }, 10); } }
});`),
    [],
  );
});

Deno.test("no-await-in-greenlet lets promises through, also those of IO", () => {
  assertEquals(
    findings(`function* work() {
  yield* until(Promise.all([1, 2].map(async (n) => await fetch("http://localhost/" + n))));
  fetch("http://localhost").then((response) => response.text());
  greenlet.kill().then(() => console.log("dead"));
}`),
    [],
  );
});
