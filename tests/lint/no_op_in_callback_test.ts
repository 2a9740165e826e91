// Copyright 2026 the Tendril authors. MIT license.
import { assertEquals } from "@std/assert";
import { findings } from "./findings.ts";

Deno.test("no-op-in-callback finds operations that a callback in a generator drops", () => {
  const body = `function* work() {
  [1, 2].forEach((n) => { channel.send(n); });
  const later = function () { sleep(1); };
}`;
  assertEquals(findings(body), [
    "no-op-in-callback: channel.send(n)",
    "no-op-in-callback: sleep(1)",
  ]);
});

Deno.test("no-op-in-callback finds operations that are returned to who does not look", () => {
  const body = `function* work() {
  [1, 2].forEach((n) => channel.send(n));
  setTimeout(() => lock.acquire(), 10);
  greenlet.link((ended) => { ended.join(); });
  addEventListener("load", () => sleep(1));
  self.onmessage = () => sleep(2);
  queueMicrotask(() => Math.random() < 0.5 && sleep(3));
}`;
  assertEquals(findings(body), [
    "no-op-in-callback: channel.send(n)",
    "no-op-in-callback: lock.acquire()",
    "no-op-in-callback: ended.join()",
    "no-op-in-callback: sleep(1)",
    "no-op-in-callback: sleep(2)",
    "no-op-in-callback: sleep(3)",
  ]);
});

Deno.test("no-op-in-callback finds operations that any plain function drops", () => {
  const body = `function notify() { channel.send(1); }
class Job {
  constructor() { this.run(); }
  *run(): Coroutine { yield* sleep(1); }
}
function* work() {
  class Local { static { sleep(2); } }
}
class Setup { static ready = () => { sleep(3); }; }`;
  assertEquals(findings(body), [
    "no-op-in-callback: channel.send(1)",
    "no-op-in-callback: this.run()",
    "no-op-in-callback: sleep(2)",
    "no-op-in-callback: sleep(3)",
  ]);
});

Deno.test("no-op-in-callback lets operations through that somebody gets", () => {
  assertEquals(
    findings(`function* work() {
  yield* all([1, 2].map((n) => channel.send(n)));
  yield* until(Promise.resolve().then(() => sleep(1)));
  spawn(() => sleep(2));
  setTimeout(async () => sleep(3), 10);
  greenlet.link((ended) => ended.join());
  const receive = () => channel.receive();
}`),
    [],
  );
});

Deno.test("no-op-in-callback lets calls through that act by themselves", () => {
  assertEquals(
    findings(`function* work() {
  setTimeout(() => channel.trySend(1), 10);
  setTimeout(() => greenlet.kill(), 10);
  setTimeout(() => { greenlet.switch(); }, 10);
  setTimeout(() => lock.release(), 10);
  [1, 2].forEach((n) => spawn(sleep, n));
}`),
    [],
  );
});
