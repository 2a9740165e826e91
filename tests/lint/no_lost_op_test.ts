// Copyright 2026 the Tendril authors. MIT license.
import { assertEquals } from "@std/assert";
import { findings, fixed, hints } from "./findings.ts";

Deno.test("no-lost-op finds operations that a generator drops, and consumes them", () => {
  const body = `function* work() {
  sleep(10);
  channel.send(1);
  lock.acquire();
  greenlet.join();
}`;
  assertEquals(findings(body), [
    "no-lost-op: sleep(10)",
    "no-lost-op: channel.send(1)",
    "no-lost-op: lock.acquire()",
    "no-lost-op: greenlet.join()",
  ]);
  assertEquals(
    fixed(body),
    `function* work() {
  yield* sleep(10);
  yield* channel.send(1);
  yield* lock.acquire();
  yield* greenlet.join();
}`,
  );
});

Deno.test("no-lost-op finds what is dropped inside of a statement, and keeps its meaning", () => {
  const body = `function* work(late: boolean) {
  late && channel.send(1);
  late ? sleep(1) : sleep(2);
  sleep(3), console.log("done");
  for (let i = 0; i < 3; sleep(i)) i++;
}`;
  assertEquals(
    fixed(body),
    `function* work(late: boolean) {
  late && (yield* channel.send(1));
  late ? (yield* sleep(1)) : (yield* sleep(2));
  (yield* sleep(3)), console.log("done");
  for (let i = 0; i < 3; (yield* sleep(i))) i++;
}`,
  );
});

Deno.test("no-lost-op finds conditions and texts that get an operation instead of its result", () => {
  const body = `function* work() {
  if (greenlet.join({ timeout: 5 })) channel.close();
  while (!greenlet.join()) {}
  do {} while (greenlet.join());
  for (; greenlet.join(); ) {}
  const dead = greenlet.join() && !greenlet.join();
  greenlet.join() ? 1 : 2;
  greenlet.join() || channel.close();
  console.log(\`got \${channel.receive()}\`);
}`;
  assertEquals(
    fixed(body),
    `function* work() {
  if ((yield* greenlet.join({ timeout: 5 }))) channel.close();
  while (!(yield* greenlet.join())) {}
  do {} while ((yield* greenlet.join()));
  for (; (yield* greenlet.join()); ) {}
  const dead = greenlet.join() && !(yield* greenlet.join());
  (yield* greenlet.join()) ? 1 : 2;
  (yield* greenlet.join()) || channel.close();
  console.log(\`got \${(yield* channel.receive())}\`);
}`,
  );
});

Deno.test("no-lost-op says `await` in async functions and at the module's top level", () => {
  const body = `async function work() { sleep(1); greenlet.get(); }
sleep(2);
for (const each of greenlets) each.join();`;
  assertEquals(
    fixed(body),
    `async function work() { await sleep(1); await greenlet.get(); }
await sleep(2);
for (const each of greenlets) await each.join();`,
  );
});

Deno.test("no-lost-op finds generators that are called and not run", () => {
  const body = `function* step(): Coroutine { yield* sleep(1); }
const other = function* () { yield* sleep(2); };
class Job {
  *start(): Coroutine { this.stop(); }
  *stop(): Coroutine { yield* sleep(3); }
}
function* work() { step(); other(); }`;
  assertEquals(findings(body), [
    "no-lost-op: this.stop()",
    "no-lost-op: step()",
    "no-lost-op: other()",
  ]);
});

Deno.test("no-lost-op finds switches that a greenlet drops, not those outside, which act", () => {
  const body = `function* work() { greenlet.switch(1); }
greenlet.switch(2);
async function outside() { greenlet.throw(new Error("late")); }
function plain() { greenlet.switch(3); }`;
  assertEquals(findings(body), ["no-lost-op: greenlet.switch(1)"]);
});

Deno.test("no-lost-op finds IO of a greenlet that nobody waits for", () => {
  const body = `function* work() {
  writeTextFile("a", "b");
  const file = yield* open("a");
  file.write(new Uint8Array());
}`;
  assertEquals(
    findings(body),
    ['no-lost-op: writeTextFile("a", "b")', "no-lost-op: file.write(new Uint8Array())"],
  );
});

Deno.test("no-lost-op says how to let IO run by itself", () => {
  assertEquals(hints('function* work() { writeTextFile("a", "b"); sleep(1); }'), [
    "Write `yield* writeTextFile(…)`, or `void writeTextFile(…)`",
    "Write `yield* sleep(…)`",
  ]);
});

Deno.test("no-lost-op finds a spawn in a Pool that is dropped, which acts only while there is room", () => {
  assertEquals(findings("function* work() { pool.spawn(() => 1); }"), [
    "no-lost-op: pool.spawn(() => 1)",
  ]);
});

Deno.test("no-lost-op offers no fix where `yield*` of nothing would throw", () => {
  const body = "function* work(maybe?: Lock) { maybe?.acquire(); }";
  assertEquals(findings(body), ["no-lost-op: maybe?.acquire()"]);
  assertEquals(fixed(body), body);
});

Deno.test("no-lost-op lets calls through that act by themselves", () => {
  assertEquals(
    findings(`function* work() {
  spawn(sleep, 1);
  spawnLater(1, sleep, 1);
  greenlet.kill();
  pool.kill();
  channel.close();
  channel.trySend(1);
  lock.release();
  greenlet.link(() => {});
  pool.applyAsync(sleep, [1]);
  const response = yield* fetch("http://localhost");
  response.discard();
}`),
    [],
  );
});

Deno.test("no-lost-op lets operations through that are consumed, kept, handed on or dropped on purpose", () => {
  assertEquals(
    findings(`function* work() {
  yield* sleep(1);
  const op = channel.receive();
  yield* select({ op, late: sleep(10) });
  yield* all([sleep(1), sleep(2)]);
  const first = (yield* race([sleep(1), greenlet.get()])) ?? sleep(3);
  void sleep(4);
  console.log(typeof sleep(4), show\`\${sleep(4)}\`);
  const last = (console.log(), sleep(8));
  return channel.send(5);
}
const later = () => sleep(6);
await sleep(7);`),
    [],
  );
});

Deno.test("no-lost-op lets everything else of the same name through", () => {
  assertEquals(
    findings(`function* work(sleep: (ms: number) => void, any: { send(n: number): void }) {
  sleep(1);
  any.send(1);
  unknown.acquire();
}
class Mine { join() {} *run() { this.join(); } }
function* other() {
  const lock = new Mine();
  lock.join();
}`),
    [],
  );
});
