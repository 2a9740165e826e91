// Copyright 2026 the Tendril authors. MIT license.
// What each policy makes of ready greenlets, in time that passes only where a test says so.

import { assertEquals, assertThrows } from "@std/assert";
import {
  type Coroutine,
  Event,
  fifo,
  getCurrent,
  Greenlet,
  type GreenletOptions,
  multilevelFeedback,
  type Policy,
  priority,
  roundRobin,
  shortestJobFirst,
  sleep,
  spawn,
  spawnWith,
} from "@tendril/tendril";
import { type VirtualTime, virtualTime } from "@tendril/tendril/testing";

/** Computes for `ms` milliseconds, giving way after each, and says each time who it is. */
function* compute(said: string[], name: string, ms: number, time: VirtualTime): Coroutine {
  for (let left = ms; left > 0; left--) {
    said.push(name);
    time.spend(1);
    yield;
  }
}

/** The order in which greenlets with these options, named by their keys, run once. */
async function orderOf(policy: Policy, options: Record<string, GreenletOptions>): Promise<string> {
  const said: string[] = [];
  await virtualTime(function* () {
    for (const name in options) spawnWith(options[name]!, () => said.push(name));
  }, { policy });
  return said.join("");
}

/** Who has each millisecond when greenlets compute as long as their values say. */
async function turnsOf(policy: Policy, work: Record<string, number>): Promise<string> {
  const said: string[] = [];
  await virtualTime(function* (time) {
    for (const name in work) spawn(compute, said, name, work[name]!, time);
  }, { policy });
  return said.join("");
}

Deno.test("fifo() runs greenlets in the order in which they became ready", async () => {
  assertEquals(await orderOf(fifo(), { a: { priority: 1 }, b: { priority: 9 }, c: {} }), "abc");
  assertEquals(await turnsOf(fifo(), { a: 3, b: 2 }), "ababa");
});

Deno.test("priority() runs the highest first, and equals in order", async () => {
  const options = { a: {}, b: { priority: 5 }, c: { priority: -1 }, d: { priority: 5 } };
  assertEquals(await orderOf(priority(), options), "bdac");
});

Deno.test("priority() lets the highest go on although it gives way", async () => {
  const said: string[] = [];
  await virtualTime(function* (time) {
    spawnWith({ priority: 1 }, compute, said, "low", 2, time);
    spawnWith({ priority: 2 }, compute, said, "high", 2, time);
  }, { policy: priority() });
  assertEquals(said, ["high", "high", "low", "low"]);
});

Deno.test("priority() looks at a priority that was changed when the greenlet is ready again", async () => {
  const said: string[] = [];
  await virtualTime(function* (time) {
    spawnWith({ priority: 2 }, function* () {
      yield* compute(said, "a", 1, time);
      getCurrent().priority = 0;
      yield* compute(said, "a", 2, time);
    });
    spawnWith({ priority: 1 }, compute, said, "b", 2, time);
  }, { policy: priority() });
  assertEquals(said.join(""), "aabba"); // it was taken back before it changed its priority
});

Deno.test("shortestJobFirst() runs the least estimate first, and those without one last", async () => {
  const options = { a: {}, b: { estimate: 5 }, c: { estimate: 0 }, d: { estimate: 5 } };
  assertEquals(await orderOf(shortestJobFirst(), options), "cbda");
});

Deno.test("shortestJobFirst() goes by the remaining time of jobs that tell it", async () => {
  const said: string[] = [];
  function* job(name: string, time: VirtualTime): Coroutine {
    while (getCurrent().estimate > 0) {
      said.push(name);
      time.spend(1);
      getCurrent().estimate--;
      yield;
    }
  }
  await virtualTime(function* (time) {
    spawnWith({ estimate: 5 }, job, "a", time);
    const late = new Greenlet(job, { estimate: 3 });
    late.startLater(1, "b", time);
    yield* late;
  }, { policy: shortestJobFirst() });
  assertEquals(said.join(""), "abbbaaaa");
});

Deno.test("roundRobin() puts a greenlet behind the others when its quantum is over", async () => {
  assertEquals(await turnsOf(roundRobin({ quantum: 2 }), { a: 5, b: 3, c: 1 }), "aabbcaaba");
  assertEquals(await turnsOf(roundRobin({ quantum: 2.5 }), { a: 4, b: 4 }), "aaabbbab");
  assertEquals(await turnsOf(roundRobin(), { a: 2, b: 2 }), "abab");
});

Deno.test("roundRobin() with an endless quantum runs each until it waits or ends", async () => {
  assertEquals(await turnsOf(roundRobin({ quantum: Infinity }), { a: 3, b: 2 }), "aaabb");
});

Deno.test("roundRobin() gives a whole quantum to who comes back from a wait", async () => {
  const said: string[] = [];
  await virtualTime(function* (time) {
    spawn(function* () {
      yield* compute(said, "a", 1, time);
      yield* sleep(1);
      yield* compute(said, "a", 3, time);
    });
    spawn(compute, said, "b", 6, time);
  }, { policy: roundRobin({ quantum: 2 }) });
  assertEquals(said.join(""), "abbaabbabb");
});

Deno.test("multilevelFeedback() lets greenlets sink, with twice the quantum on each level", async () => {
  const policy = multilevelFeedback({ levels: 3, quantum: 1 });
  assertEquals(await turnsOf(policy, { a: 9, b: 2 }), "abaabaaaaaa");
  assertEquals(await turnsOf(policy, { a: 12, b: 12 }), "abaabbaaaabbbbaaaabbbbab");
});

Deno.test("multilevelFeedback() with one level is a round robin", async () => {
  const policy = multilevelFeedback({ levels: 1, quantum: 2 });
  assertEquals(await turnsOf(policy, { a: 5, b: 3, c: 1 }), "aabbcaaba");
});

Deno.test("multilevelFeedback() prefers a newcomer, and lets who was interrupted finish its quantum", async () => {
  const said: string[] = [];
  await virtualTime(function* (time) {
    spawn(compute, said, "a", 6, time);
    spawn(compute, said, "b", 2, time);
    const late = new Greenlet(compute);
    late.startLater(3, said, "c", 1, time);
    yield* late;
  }, { policy: multilevelFeedback({ levels: 2, quantum: 1 }) });
  assertEquals(said.join(""), "abacabaaa");
});

Deno.test("multilevelFeedback() counts what was used before a wait", async () => {
  const said: string[] = [];
  await virtualTime(function* (time) {
    spawn(function* () {
      for (let i = 0; i < 3; i++) {
        yield* compute(said, "a", 1, time);
        yield* sleep(1);
      }
    });
    spawn(compute, said, "b", 5, time);
  }, { policy: multilevelFeedback({ levels: 2, quantum: 2 }) });
  // After its second millisecond a is on the second level, behind b, and does not come before it again.
  assertEquals(said.join(""), "abbabbba");
});

for (const policy of [roundRobin({ quantum: 5 }), multilevelFeedback({ quantum: 5 })]) {
  Deno.test(`${policy.name}() lets others go on although the clock stands still`, async () => {
    await virtualTime(function* (time) {
      const event = new Event();
      spawn(function* () {
        time.spend(1);
        while (!event.isSet) yield;
      });
      spawn(() => event.set());
    }, { policy });
  });
}

Deno.test("policies refuse options they do not know, and list those they do", () => {
  const wrong = { quant: 3 } as Record<never, never>;
  for (
    const [make, known] of [
      [() => fifo(wrong), "it takes none"],
      [() => priority(wrong), "it takes none"],
      [() => shortestJobFirst(wrong), "it takes none"],
      [() => roundRobin(wrong), "known are quantum"],
      [() => multilevelFeedback(wrong), "known are levels, quantum"],
    ] as const
  ) assertThrows(make, RangeError, `with the option "quant": ${known}`);
});

Deno.test("policies refuse values out of range", () => {
  for (const quantum of [0, -1, NaN, "1" as unknown as number]) {
    assertThrows(() => roundRobin({ quantum }), RangeError, "quantum must be more than 0");
    assertThrows(() => multilevelFeedback({ quantum }), RangeError, "quantum must be more than 0");
  }
  for (const levels of [0, 1.5, 33, NaN, "2" as unknown as number]) {
    assertThrows(() => multilevelFeedback({ levels }), RangeError, "a whole number from 1 to 32");
  }
});

Deno.test("priority and estimate have to be numbers", () => {
  for (const what of ["priority", "estimate"] as const) {
    const wrong = [NaN, "high" as unknown as number];
    for (const value of wrong) {
      assertThrows(
        () => new Greenlet(undefined, { [what]: value }),
        TypeError,
        `Cannot set ${what}`,
      );
    }
  }
  const plain = new Greenlet();
  assertEquals([plain.priority, plain.estimate], [0, Infinity]);
});
