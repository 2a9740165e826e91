// Copyright 2026 the Tendril authors. MIT license.
import { assertEquals } from "@std/assert";
import { findings } from "./findings.ts";

/** A statement that the rule finds when it stands in a loop. */
const SPAWN = "spawn(function* () {});";
const FOUND = ["no-generator-in-loop: function* () {}"];

Deno.test("no-generator-in-loop finds generator functions made in loops of any form", () => {
  const loops = [
    `for (const job of jobs) ${SPAWN}`,
    `for (const key in jobs) { ${SPAWN} }`,
    `for (let i = 0; i < jobs.length; i++) { if (i) ${SPAWN} }`,
    `for (let i = 0; i < 100_000; i++) ${SPAWN}`,
    `while (jobs.length > 0) ${SPAWN}`,
    `do ${SPAWN} while (jobs.pop());`,
    `for (const job of Array.from({ length: jobs.length })) ${SPAWN}`,
    `for (const job of [...jobs]) ${SPAWN}`,
  ];
  for (const loop of loops) {
    assertEquals(findings(`function work(jobs: number[]) { ${loop} }`), FOUND, loop);
  }
});

Deno.test("no-generator-in-loop finds them whatever spawns", () => {
  const spawns = [
    "yield* pool.spawn(function* () {});",
    "pool.applyAsync(function* () {});",
    "spawnLater(10, function* () {});",
    "new Greenlet(function* () {}).start();",
    "s.spawn(function* () {});",
  ];
  for (const each of spawns) {
    const body = `await scope(function* (s) { for (const job of greenlets) ${each} });`;
    assertEquals(findings(body), FOUND, each);
  }
});

Deno.test("no-generator-in-loop lets one function with arguments through", () => {
  assertEquals(
    findings(`function* work(job: number) { yield* sleep(job); }
for (const job of greenlets) spawn(work, job);
for (const job of greenlets) spawn(() => work(job));
for (const job of greenlets) spawn(async () => {});`),
    [],
  );
});

Deno.test("no-generator-in-loop lets loops of a few turns through", () => {
  assertEquals(
    findings(`const names = ["Ann", "Bob"] as const;
const TURNS = 10;
const four = Array.from({ length: 4 }, () => new Channel());
for (const name of names) ${SPAWN}
for (const [i, name] of names.entries()) ${SPAWN}
for (const [name, age] of Object.entries({ Ann: 3 })) ${SPAWN}
for (const each of [...names, "Cleo"]) ${SPAWN}
for (const each of four) ${SPAWN}
for (let i = 0; i < TURNS; i++) ${SPAWN}`),
    [],
  );
});

Deno.test("no-generator-in-loop lets loops through that wait at each turn", () => {
  assertEquals(
    findings(`function* serve() {
  for (;;) {
    const job = yield* channel.receive();
    spawn(function* () { yield* sleep(job); });
  }
}
async function serveAsync() {
  while (true) {
    await channel.receive();
    ${SPAWN}
  }
}`),
    [],
  );
});

Deno.test("no-generator-in-loop does not take a wait elsewhere for one in the loop", () => {
  const body = `function* work() {
  yield* sleep(1);
  for (const job of yield* until(load())) {
    spawn(function* () { yield* sleep(job); });
  }
}`;
  assertEquals(findings(body), ["no-generator-in-loop: function* () { yield* sleep(job); }"]);
});

Deno.test("no-generator-in-loop lets functions through that a loop does not make", () => {
  assertEquals(
    findings(`for (const job of greenlets) job.link(() => { ${SPAWN} });
for (const job of [spawn(function* () {})]) console.log(job);
for (const job of greenlets) visit(function* () {});
for (spawn(function* () {}); greenlets.length > 0;) greenlets.pop();`),
    [],
  );
});
