// Copyright 2026 the Tendril authors. MIT license.
// What a greenlet tells of itself in each state of its life, and what it can be made of.

import {
  assert,
  assertEquals,
  assertNotEquals,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  type Coroutine,
  getCurrent,
  Greenlet,
  GreenletError,
  GreenletExit,
  mainGreenlet,
  run,
  sleep,
  spawn,
} from "@tendril/tendril";
import { ManualClock, settle } from "../manual_clock.ts";

function* longSleep(): Coroutine {
  yield* sleep(100_000);
}

/** Everything a greenlet tells of its state. */
function facts(greenlet: Greenlet<unknown>) {
  const { started, active, dead, ready, successful, value, exception } = greenlet;
  return { started, active, dead, ready, successful, value, exception };
}

const NOTHING = {
  started: false,
  active: false,
  dead: false,
  ready: false,
  successful: false,
  value: undefined,
  exception: undefined,
};

Deno.test("A greenlet that was made has not started", () => {
  assertEquals(facts(new Greenlet(() => {})), NOTHING);
});

Deno.test("A greenlet that start() was called on is started and not active", async () => {
  const greenlet = spawn(() => {});
  assertEquals(facts(greenlet), { ...NOTHING, started: true });
  await greenlet;
});

Deno.test("A greenlet that startLater() was called on is started and not active", () => {
  const greenlet = new Greenlet(() => {});
  greenlet.startLater(100_000);
  assertEquals(facts(greenlet), { ...NOTHING, started: true });
  greenlet.kill();
});

Deno.test("A greenlet that runs is started and active", async () => {
  const seen = await spawn(() => facts(getCurrent()));
  assertEquals(seen, { ...NOTHING, started: true, active: true });
});

Deno.test("A greenlet that waits is started and active", async () => {
  await run(function* () {
    const greenlet = spawn(longSleep);
    yield* sleep(0);
    assertEquals(facts(greenlet), { ...NOTHING, started: true, active: true });
    yield* greenlet.kill();
  });
});

Deno.test("A greenlet that is switched out is started and active", () => {
  const greenlet = new Greenlet(function* () {
    yield* mainGreenlet.switch();
  });
  greenlet.switch();
  assertEquals(facts(greenlet), { ...NOTHING, started: true, active: true });
  greenlet.throw();
});

Deno.test("A greenlet that returned is dead, ready and successful, with its value", async () => {
  const greenlet = spawn(() => 42);
  await greenlet;
  const end = { ...NOTHING, dead: true, ready: true, successful: true, value: 42 };
  assertEquals(facts(greenlet), end);
});

Deno.test("A greenlet that failed is dead and ready, with its exception", async () => {
  const exception = new RangeError("broken");
  const greenlet = spawn(() => {
    throw exception;
  });
  await greenlet.join();
  assertEquals(facts(greenlet), { ...NOTHING, dead: true, ready: true, exception });
});

Deno.test("A greenlet that raised GreenletExit is successful with the exit as its value", async () => {
  const value = new GreenletExit();
  const greenlet = spawn(() => {
    throw value;
  });
  await greenlet.join();
  assertEquals(facts(greenlet), { ...NOTHING, dead: true, ready: true, successful: true, value });
});

Deno.test("A greenlet that threw undefined has failed all the same", async () => {
  const greenlet = spawn(() => {
    throw undefined;
  });
  await greenlet.join();
  assertEquals([greenlet.dead, greenlet.successful], [true, false]);
});

Deno.test("Greenlet.start() again changes nothing, not even after the end", async () => {
  let runs = 0;
  const greenlet = new Greenlet((n: number) => runs += n);
  greenlet.start(1);
  greenlet.start(10);
  greenlet.startLater(0, 100);
  await settle();
  greenlet.start(1000);
  await settle();
  assertEquals(runs, 1);
});

Deno.test("Greenlet.startLater() passes its arguments after its time", async () => {
  using clock = new ManualClock();
  const greenlet = new Greenlet((...args: unknown[]) => args);
  greenlet.startLater(10, 1, 2);
  await clock.advance(9);
  assertEquals(greenlet.dead, false);
  await clock.advance(1);
  assertEquals(greenlet.value, [1, 2]);
});

Deno.test("Greenlet.startLater() refuses a delay that is negative or NaN", () => {
  const greenlet = new Greenlet(() => {});
  for (const ms of [-1, NaN]) assertThrows(() => greenlet.startLater(ms), RangeError, `${ms}`);
  assertEquals(greenlet.started, false);
});

Deno.test("Greenlet.switch() to one that startLater() was called on starts it only once", async () => {
  using clock = new ManualClock();
  let runs = 0;
  const greenlet = new Greenlet(() => {
    runs++;
  });
  greenlet.startLater(10);
  greenlet.switch();
  await clock.advance(20);
  assertEquals([runs, clock.armed], [1, 0]);
});

Deno.test("Greenlet.run is the body before the start and undefined after it", async () => {
  const body = () => {};
  const greenlet = new Greenlet(body);
  assertStrictEquals(greenlet.run, body);
  greenlet.start();
  assertStrictEquals(greenlet.run, body);
  await greenlet;
  assertEquals(greenlet.run, undefined);
});

Deno.test("Greenlet.run is undefined while the body runs", async () => {
  assertEquals(await spawn(() => getCurrent().run), undefined);
});

Deno.test("Greenlet.run can be replaced until the greenlet runs", async () => {
  const greenlet = new Greenlet<string>(() => "first");
  greenlet.run = () => "second";
  greenlet.start();
  greenlet.run = () => "third";
  assertEquals(await greenlet, "third");
});

Deno.test("Greenlet.run can be set on one that was made without", () => {
  const greenlet = new Greenlet<string>();
  greenlet.run = () => "given later";
  assertEquals(greenlet.switch().value, "given later");
});

Deno.test("Greenlet.run cannot be set after the start", async () => {
  const greenlet = spawn(() => {});
  await greenlet;
  assertThrows(() => greenlet.run = () => {}, GreenletError, "Cannot set run");
});

Deno.test("Greenlet.run refuses what is no function", () => {
  const greenlet = new Greenlet(() => {});
  assertThrows(() => Reflect.set(greenlet, "run", 3), TypeError, "3: expected a function");
});

Deno.test("A greenlet without run fails when the hub starts it", async () => {
  const greenlet = new Greenlet();
  greenlet.start();
  await greenlet.join();
  assert(greenlet.exception instanceof GreenletError);
});

Deno.test("new Greenlet() refuses what is no function and names it", () => {
  for (const [wrong, shown] of [[3, "3"], ["x", '"x"'], [null, "null"]]) {
    assertThrows(
      () => Reflect.construct(Greenlet, [wrong]),
      TypeError,
      `Cannot make a Greenlet of ${shown}: expected a function`,
    );
  }
});

Deno.test("new Greenlet() of a generator says to pass the function", () => {
  assertThrows(
    () => Reflect.construct(Greenlet, [longSleep()]),
    TypeError,
    "pass the generator function itself",
  );
});

Deno.test("A plain function that returns a generator has it run", async () => {
  assertEquals(
    await spawn(() =>
      (function* () {
        yield* sleep(0);
        return "from the generator";
      })()
    ),
    "from the generator",
  );
});

Deno.test("A plain function that returns an Op has it waited for", async () => {
  const inner = spawn(() => "from the Op");
  assertEquals(await spawn(() => inner.get()), "from the Op");
});

Deno.test("A method can be a body when it is bound", async () => {
  const counter = {
    n: 3,
    *count(): Coroutine<number> {
      return this.n;
    },
  };
  assertEquals(await spawn(counter.count.bind(counter)), 3);
});

Deno.test("A subclass of Greenlet is a greenlet with its own members", async () => {
  class Task extends Greenlet<string> {
    note = "kept";
  }
  const task = new Task(() => (getCurrent() as Task).note);
  task.start();
  assertEquals(await task, "kept");
});

Deno.test("Greenlet.id is different for each greenlet", () => {
  assertNotEquals(new Greenlet().id, new Greenlet().id);
});

Deno.test("Greenlet.name is made of the id unless it was given", () => {
  const [plain, named] = [new Greenlet(), new Greenlet(undefined, { name: "fetcher" })];
  assertEquals([plain.name, named.name], [`Greenlet-${plain.id}`, "fetcher"]);
});

Deno.test("Greenlet.name can be changed", () => {
  const greenlet = new Greenlet();
  greenlet.name = "renamed";
  assertEquals(greenlet.name, "renamed");
});

Deno.test("Greenlet.spawningGreenlet is the greenlet that spawned it", async () => {
  await run(function* () {
    assertStrictEquals(spawn(() => {}).spawningGreenlet, getCurrent());
  });
});

Deno.test("Greenlet.spawningGreenlet is null for what was spawned outside", async () => {
  const greenlet = spawn(() => {});
  assertEquals(greenlet.spawningGreenlet, null);
  await greenlet;
});

Deno.test("Deno.inspect() shows name, body and state in each state of a life", async () => {
  using _clock = new ManualClock();
  const shown: string[] = [];
  const greenlet: Greenlet = new Greenlet(function* work() {
    shown.push(Deno.inspect(greenlet));
    yield* sleep(10);
  });
  shown.push(Deno.inspect(greenlet));
  greenlet.start();
  shown.push(Deno.inspect(greenlet));
  await settle();
  shown.push(Deno.inspect(greenlet));
  await greenlet.kill();
  shown.push(Deno.inspect(greenlet));
  const name = `Greenlet-${greenlet.id} work`;
  assertEquals(shown, [
    `<${name} pending>`,
    `<${name} ready>`,
    `<${name} running>`,
    `<${name} suspended>`,
    `<${name} dead>`,
  ]);
});

Deno.test("Deno.inspect() shows a given name, and that a greenlet failed", async () => {
  const greenlet = new Greenlet(() => {
    throw new Error("broken");
  }, { name: "fetcher" });
  greenlet.start();
  await greenlet.join();
  assertEquals(Deno.inspect(greenlet), "<Greenlet fetcher failed>");
});

Deno.test("Deno.inspect() shows that a greenlet starts later", () => {
  const greenlet = new Greenlet(() => {});
  greenlet.startLater(100_000);
  assertEquals(Deno.inspect(greenlet), `<Greenlet-${greenlet.id} starting later>`);
  greenlet.kill();
});

Deno.test("Deno.inspect() shows main", () => {
  assertEquals(Deno.inspect(mainGreenlet), "<Greenlet main running>");
});
