// Copyright 2026 the Tendril authors. MIT license.

import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { dump, getHub, joinAll, run, select, sleep, spawn, withTimeout } from "@tendril/tendril";
import { nextSignal, Popen, signals } from "@tendril/tendril/io";
import { settle } from "../../manual_clock.ts";

const config = new URL("../../../deno.json", import.meta.url).pathname;

/** Counts the listeners that are added and not removed. */
class Listeners implements Disposable {
  readonly #add = Deno.addSignalListener;
  readonly #remove = Deno.removeSignalListener;
  readonly names: string[] = [];

  constructor() {
    Deno.addSignalListener = (signal, handler) => {
      this.#add(signal, handler);
      this.names.push(signal);
    };
    Deno.removeSignalListener = (signal, handler) => {
      this.#remove(signal, handler);
      this.names.splice(this.names.indexOf(signal), 1);
    };
  }

  [Symbol.dispose](): void {
    Deno.addSignalListener = this.#add;
    Deno.removeSignalListener = this.#remove;
  }
}

const raise = (signal: Deno.Signal) => Deno.kill(Deno.pid, signal);

Deno.test("nextSignal() waits for a signal, and listens no longer than that", async () => {
  using listeners = new Listeners();
  await run(function* () {
    const waiting = spawn(function* () {
      return yield* nextSignal("SIGUSR1", "SIGUSR2");
    });
    yield;
    assertEquals(listeners.names, ["SIGUSR1", "SIGUSR2"]);
    assertStringIncludes(dump(), "waits for signal SIGUSR1, SIGUSR2");
    raise("SIGUSR2");
    assertEquals(yield* waiting, "SIGUSR2");
    assertEquals(listeners.names, []);
  });
});

Deno.test("nextSignal() wakes everybody who waits", async () => {
  await run(function* () {
    const waiting = [1, 2].map(() =>
      spawn(function* () {
        return yield* nextSignal("SIGUSR1");
      })
    );
    yield;
    raise("SIGUSR1");
    assertEquals([yield* waiting[0]!, yield* waiting[1]!], ["SIGUSR1", "SIGUSR1"]);
  });
});

Deno.test("nextSignal() can be awaited", async () => {
  const signal = nextSignal("SIGUSR1").then((signal) => signal);
  raise("SIGUSR1");
  assertEquals(await signal, "SIGUSR1");
});

Deno.test("a wait for a signal that is given up removes the listener", async () => {
  using listeners = new Listeners();
  const { external } = getHub().stats();
  await run(function* () {
    const killed = spawn(function* () {
      yield* nextSignal("SIGUSR1");
    });
    yield;
    yield* killed.kill();
    assertEquals(listeners.names, []);
    assertEquals(yield* withTimeout(1, nextSignal("SIGUSR1"), { value: "late" }), "late");
    assertEquals(listeners.names, []);
    assertEquals((yield* select({ signal: nextSignal("SIGUSR1"), late: sleep(1) })).key, "late");
    assertEquals(listeners.names, []);
  });
  assertEquals(getHub().stats().external, external);
});

Deno.test("signals() gives one after another, and keeps what nobody waited for", async () => {
  using listeners = new Listeners();
  await run(function* () {
    using both = signals("SIGUSR1", "SIGUSR2");
    const heard = (["SIGUSR1", "SIGUSR2"] as const).map((signal) =>
      spawn(function* () {
        yield* nextSignal(signal);
      })
    );
    yield;
    raise("SIGUSR1");
    raise("SIGUSR2");
    yield* joinAll(heard);
    const got = [(yield* both.next()).value, (yield* both.next()).value];
    assertEquals(got.sort(), ["SIGUSR1", "SIGUSR2"]);
    assertEquals(listeners.names, ["SIGUSR1", "SIGUSR2"]);
  });
  assertEquals(listeners.names, []);
});

Deno.test("leaving a loop over signals, or a kill in it, ends the listening", async () => {
  using listeners = new Listeners();
  const looping = spawn(async () => {
    for await (const signal of signals("SIGUSR1")) return signal;
  });
  await settle();
  raise("SIGUSR1");
  assertEquals([await looping, listeners.names], ["SIGUSR1", []]);
  const killed = spawn(async () => {
    for await (const _signal of signals("SIGUSR1"));
  });
  await settle();
  assertEquals(listeners.names, ["SIGUSR1"]);
  await killed.kill();
  assertEquals(listeners.names, []);
});

Deno.test("signals that cannot be listened for are refused", async () => {
  using listeners = new Listeners();
  assertThrows(() => signals(), TypeError, "expected names of signals");
  assertThrows(() => nextSignal(5 as unknown as Deno.Signal), TypeError, "wait for 5");
  assertThrows(() => signals("SIGUSR1", "SIGKILL"), TypeError, 'Cannot listen for "SIGKILL"');
  await assertRejects(async () => await nextSignal("SIGUSR1", "SIGKILL"), TypeError, "SIGKILL");
  await assertRejects(() =>
    run(function* () {
      yield* nextSignal("SIGFOO" as Deno.Signal);
    }), TypeError);
  assertEquals(listeners.names, []);
});

Deno.test("who waits for a signal keeps the process alive and is not taken for deadlocked", async () => {
  const code = `
    import { run, spawn } from "@tendril/tendril";
    import { nextSignal } from "@tendril/tendril/io";
    await run(function* () {
      const waiting = spawn(function* () {
        return yield* nextSignal("SIGUSR1");
      });
      yield;
      console.log("ready");
      console.log(yield* waiting);
    });
  `;
  const argv = [Deno.execPath(), "eval", "--quiet", "--config", config, code];
  await using process = new Popen(argv, { stdout: "piped" });
  const lines = process.stdout!.lines();
  assertEquals((await lines.next()).value, "ready");
  await new Promise((resolve) => setTimeout(resolve, 50)); // time to end, if it would
  process.sendSignal("SIGUSR1");
  assertEquals((await lines.next()).value, "SIGUSR1");
  assertEquals(await process.wait(), 0);
});
