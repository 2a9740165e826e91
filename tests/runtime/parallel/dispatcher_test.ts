// Copyright 2026 the Tendril authors. MIT license.
/** The pool's side, with workers that say what a test lets them say. */
import { assertEquals, assertRejects } from "@std/assert";
import { Call } from "../../../runtime/parallel/call.ts";
import { type ApplyOptions, NO_OPTIONS } from "../../../runtime/parallel/call_options.ts";
import { claim } from "../../../runtime/parallel/control.ts";
import { Dispatcher } from "../../../runtime/parallel/dispatcher.ts";
import type { Link, Listener } from "../../../runtime/parallel/link.ts";
import { makeControl } from "../../../runtime/parallel/mail.ts";
import * as protocol from "../../../runtime/parallel/protocol.ts";
import type { FromWorker, RunMessage, ToWorker } from "../../../runtime/parallel/protocol.ts";
import { BrokenPoolError, WorkerDiedError } from "@tendril/tendril/parallel";
import { until } from "./helpers.ts";
import * as tasks from "./tasks.ts";

/** A worker that does nothing by itself. */
class Puppet implements Link {
  readonly pid = 1;
  readonly sent: ToWorker[] = [];
  held = false;

  constructor(readonly listener: Listener, readonly control: Int32Array | null) {}

  get runs(): RunMessage[] {
    return this.sent.filter((message) => message[0] === protocol.RUN);
  }

  post(message: ToWorker): void {
    this.sent.push(message);
  }

  hold(): void {
    this.held = true;
  }

  release(): void {
    this.held = false;
  }

  stop(): void {
    queueMicrotask(() => this.listener.gone());
  }

  says(...message: FromWorker): void {
    this.listener.receive(message);
  }
}

/** Calls `double` by default. */
type MakeCall = (n: number, fn?: unknown, options?: ApplyOptions) => Promise<unknown>;

/** Runs `body` with a dispatcher of one puppet at a time, and lets go of that afterwards. */
async function withPuppets(
  body: (puppets: Puppet[], call: MakeCall) => Promise<void>,
  { shares = true, onStray = () => {} }: {
    shares?: boolean;
    onStray?: (error: unknown) => void;
  } = {},
): Promise<void> {
  const puppets: Puppet[] = [];
  const dispatcher = new Dispatcher({
    name: "puppets",
    connect: (_start, listener) => {
      const puppet = new Puppet(listener, shares ? makeControl() : null);
      puppets.push(puppet);
      return puppet;
    },
    most: 1,
    least: 0,
    initializer: undefined,
    initArgs: [],
    tasksPerWorker: Infinity,
    concurrency: 16,
    idleTimeout: 60_000,
    onStray,
  });
  await body(puppets, (n, fn = tasks.double, options = NO_OPTIONS) => {
    return new Call(dispatcher, dispatcher.profile("run", fn), [n], options, null).then();
  });
  dispatcher.terminate(new Error("over"));
  await dispatcher.finished;
}

/** The same with one puppet that is ready. */
function withPuppet(
  body: (puppet: Puppet, call: MakeCall) => Promise<void>,
  options?: { onStray: (error: unknown) => void },
): Promise<void> {
  return withPuppets(async (puppets, call) => {
    const first = call(0);
    await until(() => puppets.length === 1);
    const [puppet] = puppets;
    puppet!.says(protocol.READY);
    await until(() => puppet!.runs.length === 1);
    puppet!.says(protocol.OUTCOMES, 0, [0], null, null, 1);
    assertEquals(await first, 0);
    puppet!.sent.length = 0;
    await body(puppet!, call);
  }, options);
}

/** What `pack` makes of a list with a handle of a kind that is not known here. */
function unknown(...items: unknown[]): unknown {
  const token = { $tendril: "token", value: { kind: "Nonsense" } };
  return { $tendril: "wrapped", value: [...items, token] };
}

Deno.test("results that cannot be unpacked fail their calls", async () => {
  await withPuppet(async (puppet, call) => {
    const first = call(1);
    await until(() => puppet.runs.length === 1);
    puppet.says(protocol.OUTCOMES, 1, unknown(), null, null, 1);
    await assertRejects(() => first, TypeError, 'Cannot unpack a "Nonsense"');
    assertEquals(puppet.held, false);

    const second = call(2);
    await until(() => puppet.runs.length === 2);
    puppet.says(protocol.BEGUN, 2, 1);
    puppet.says(protocol.LATE, [2], [null], unknown());
    await assertRejects(() => second, TypeError, 'Cannot unpack a "Nonsense"');
    assertEquals(puppet.held, false);
  });
});

Deno.test("progress that cannot be unpacked is an error of the worker, and the call goes on", async () => {
  const strays: unknown[] = [];
  await withPuppet(async (puppet, call) => {
    const result = call(1);
    await until(() => puppet.runs.length === 1);
    puppet.says(protocol.PROGRESS, 1, unknown());
    assertEquals(strays.length, 1);
    puppet.says(protocol.OUTCOMES, 1, [5], null, null, 1);
    assertEquals(await result, 5);
  }, { onStray: (error) => strays.push(error) });
});

Deno.test("an item that ends before its beginning is told of is counted once", async () => {
  await withPuppet(async (puppet, call) => {
    const result = call(1);
    await until(() => puppet.runs.length === 1);
    puppet.says(protocol.LATE, [1], [null], [7]);
    assertEquals(await result, 7);
    puppet.says(protocol.BEGUN, 1, 1);
    assertEquals(puppet.held, false);
    const next = call(2);
    await until(() => puppet.runs.length === 2);
    puppet.says(protocol.BEGUN, 2, 1);
    puppet.says(protocol.LATE, [2], [null], [8]);
    assertEquals(await next, 8);
    assertEquals(puppet.held, false);
  });
});

Deno.test("news of items that are long over change nothing", async () => {
  await withPuppet(async (puppet, call) => {
    const result = call(1);
    await until(() => puppet.runs.length === 1);
    puppet.says(protocol.OUTCOMES, 1, [1], null, null, 1);
    assertEquals(await result, 1);
    puppet.says(protocol.OUTCOMES, 1, [2], null, null, 1);
    puppet.says(protocol.LATE, [1], [null], [3]);
    puppet.says(protocol.HEARD, 1);
    puppet.says(protocol.STARTED, 1);
    puppet.says(protocol.PROGRESS, 1, ["x"]);
    assertEquals(puppet.held, false);
  });
});

Deno.test("a worker that dies while it starts is replaced, once one could start", async () => {
  await withPuppets(async (puppets, call) => {
    const result = call(1);
    await until(() => puppets.length === 1);
    puppets[0]!.says(protocol.READY);
    claim(puppets[0]!.control!, 0);
    puppets[0]!.listener.lost("it was killed");
    await assertRejects(() => result, WorkerDiedError, "it was killed");
    const next = call(2);
    await until(() => puppets.length === 2);
    puppets[1]!.listener.lost("it was killed early");
    await until(() => puppets.length === 3);
    puppets[2]!.says(protocol.READY);
    await until(() => puppets[2]!.runs.length === 1);
    puppets[2]!.says(protocol.OUTCOMES, 0, [4], null, null, 1);
    assertEquals(await next, 4);
  });
});

Deno.test("workers that die while they start break the pool in the end", async () => {
  await withPuppets(async (puppets, call) => {
    const first = call(1);
    await until(() => puppets.length === 1);
    puppets[0]!.listener.lost("it was killed");
    await assertRejects(() => first, BrokenPoolError, "Cannot start worker");
    assertEquals(puppets.length, 1);
  });
  await withPuppets(async (puppets, call) => {
    const first = call(1);
    await until(() => puppets.length === 1);
    puppets[0]!.says(protocol.READY);
    claim(puppets[0]!.control!, 0);
    puppets[0]!.listener.lost("it was killed");
    await assertRejects(() => first, WorkerDiedError);
    const second = assertRejects(() => call(2), BrokenPoolError, "Cannot start worker");
    for (let at = 1; at <= 3; at++) {
      await until(() => puppets.length === at + 1);
      puppets[at]!.listener.lost("it was killed");
    }
    await second;
    assertEquals(puppets.length, 4);
  });
});

Deno.test("a call that is cancelled while its worker starts ends no worker, however long that takes", async () => {
  await withPuppets(async (puppets, call) => {
    const controller = new AbortController();
    const { signal } = controller;
    const failing = assertRejects(() => call(1, tasks.double, { signal }), RangeError, "enough");
    await until(() => puppets.length === 1 && puppets[0]!.runs.length === 1);
    controller.abort(new RangeError("enough"));
    await failing;
    assertEquals(puppets[0]!.sent.at(-1), [protocol.CANCEL, 0]);
    await new Promise((resolve) => setTimeout(resolve, 700)); // more than it would have if it ran
    puppets[0]!.says(protocol.READY);
    puppets[0]!.says(protocol.HEARD, 0);
    puppets[0]!.says(protocol.OUTCOMES, 0, [undefined], [[0, {}]], null, 0);
    const next = call(2);
    await until(() => puppets[0]!.runs.length === 2);
    puppets[0]!.says(protocol.OUTCOMES, 1, [4], null, null, 0);
    assertEquals(await next, 4);
    assertEquals(puppets.length, 1);
  }, { shares: false });
});

Deno.test("when nobody knows which call ended a worker, one that may not have is run again, once", async () => {
  await withPuppets(async (puppets, call) => {
    const waits = [1, 2].map((n) =>
      assertRejects(() => call(n, tasks.doubleLater), WorkerDiedError)
    );
    await until(() => puppets.length === 1 && puppets[0]!.runs.length === 1);
    puppets[0]!.says(protocol.READY);
    puppets[0]!.says(protocol.BEGUN, 0, 1);
    await until(() => puppets[0]!.runs.length === 2);
    puppets[0]!.says(protocol.BEGUN, 1, 1);
    const first = call(3);
    await until(() => puppets[0]!.runs.length === 3);
    puppets[0]!.listener.lost("it was killed");
    await Promise.all(waits);

    await until(() => puppets.length === 2 && puppets[1]!.runs.length === 1);
    puppets[1]!.says(protocol.READY);
    puppets[1]!.listener.lost("it was killed");
    await assertRejects(() => first, WorkerDiedError);
  }, { shares: false });
});
