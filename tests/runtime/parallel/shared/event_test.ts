// Copyright 2026 the Tendril authors. MIT license.

import { assertEquals } from "@std/assert";
import { run, spawn } from "@tendril/tendril";
import { SharedEvent } from "@tendril/tendril/parallel";
import { settle } from "../../../manual_clock.ts";
import { Crew, eventually } from "./crew.ts";

/** Begins an Op at once. */
async function begin<T>(op: PromiseLike<T>): Promise<T> {
  return await op;
}

const JOBS = import.meta.resolve("./sync_jobs.ts");

Deno.test("SharedEvent.set lets everybody go on who waits, in every worker", async () => {
  using crew = new Crew(2, JOBS);
  const event = new SharedEvent();
  const [first, second] = crew.hands;
  const waiting = [
    first!.call("waitSync", event),
    second!.call("wait", event),
    begin(event.wait()),
  ];
  await eventually(() => event.gate.sleepingElsewhere === 2);
  event.set();
  assertEquals(await Promise.all(waiting), [true, true, true]);
});

Deno.test("SharedEvent.set lets everybody go on though clear follows at once", async () => {
  using crew = new Crew(2, JOBS);
  const event = new SharedEvent();
  const [first, second] = crew.hands;
  for (let round = 0; round < 20; round++) {
    const waiting = [
      first!.call("waitSync", event),
      second!.call("wait", event),
      begin(event.wait()),
    ];
    await eventually(() => event.gate.sleepingElsewhere === 2);
    event.set();
    event.clear();
    assertEquals(await Promise.all(waiting), [true, true, true]);
    await eventually(() => event.gate.sleepingElsewhere === 0);
  }
});

Deno.test("SharedEvent is set by a worker", async () => {
  using crew = new Crew(1, JOBS);
  const event = new SharedEvent();
  const waiting = spawn(function* () {
    return yield* event.wait();
  });
  await crew.hands[0]!.call("set", event);
  assertEquals(await waiting, true);
  assertEquals(event.isSet, true);
});

Deno.test("SharedEvent.wait waits again after clear", async () => {
  const event = new SharedEvent();
  event.set();
  assertEquals(await event.wait(), true);
  event.clear();
  const waiting = spawn(function* () {
    yield* event.wait();
  });
  await settle();
  assertEquals(waiting.ready, false);
  event.set();
  await waiting;
});

Deno.test("SharedEvent.waitSync gives false when its timeout is over", async () => {
  using crew = new Crew(1, JOBS);
  assertEquals(await crew.hands[0]!.call("waitSync", new SharedEvent(), { timeout: 60 }), false);
});

Deno.test("SharedEvent counts and shows who waits", async () => {
  const event = new SharedEvent({ name: "go" });
  await run(function* () {
    spawn(function* () {
      yield* event.wait();
    });
    yield;
    assertEquals(event.stats(), { isSet: false, waiting: 1 });
    assertEquals(Deno.inspect(event), '<SharedEvent "go" not set, 1 waiting>');
    event.set();
  });
  assertEquals(Deno.inspect(event), '<SharedEvent "go" set>');
});
