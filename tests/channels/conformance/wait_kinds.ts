// Copyright 2026 the Tendril authors. MIT license.
// Every call that waits for something but a lock, in a shape that waits_test.ts can try out.

import {
  AsyncResult,
  Barrier,
  BrokenBarrierError,
  Channel,
  CountDownLatch,
  Event,
  type Op,
  Pipe,
  Queue,
  QueueEmpty,
  QueueFull,
  Timeout,
  type WaitOptions,
} from "@tendril/tendril";

/** Something to wait for. */
export interface Fixture {
  /** What `stats`, dumps and inspection show. */
  readonly object: { stats(): object };
  wait(options?: WaitOptions): Op<unknown>;
  /** Ends one wait, or all. */
  finish(): void;
  /** Makes it as new, after somebody gave up. */
  mend?(): void;
}

/** How many stand in line. */
export function waiting({ object }: Fixture): number {
  return Object.entries(object.stats()).reduce(
    (sum, [name, value]) => name.startsWith("waiting") ? sum + value : sum,
    0,
  );
}

// deno-lint-ignore no-explicit-any -- any error class
type ErrorClass = new (...args: any[]) => Error;

/** A call that waits. */
export interface Case {
  readonly name: string;
  /** The wait reason. */
  readonly reason: string;
  /** What it throws or gives when its own timeout is over. */
  readonly late: { throws: ErrorClass } | { gives: unknown };
  readonly setUp: () => Fixture;
}

const name = "the one";

function ofChannel(
  method: "send" | "receive" | "next",
  act: (channel: Channel<number>, options?: WaitOptions) => Op<unknown>,
): Case {
  return {
    name: `Channel.${method}()`,
    reason: method === "send" ? "channel send" : "channel receive",
    late: { throws: Timeout },
    setUp() {
      const object = new Channel<number>(1, { name });
      if (method === "send") object.trySend(0);
      return {
        object,
        wait: (options) => act(object, options),
        finish: () => method === "send" ? object.tryReceive() : object.trySend(1),
      };
    },
  };
}

function ofQueue(
  method: "put" | "get" | "peek" | "next" | "join",
  act: (queue: Queue<number>, options?: WaitOptions) => Op<unknown>,
): Case {
  const full = method === "put" || method === "join";
  return {
    name: `Queue.${method}()`,
    reason: `queue ${method === "next" ? "get" : method}`,
    late: method === "join"
      ? { gives: false }
      : { throws: method === "put" ? QueueFull : QueueEmpty },
    setUp() {
      const object = new Queue<number>(1, { name, items: full ? [0] : [] });
      return {
        object,
        wait: (options) => act(object, options),
        finish() {
          if (method === "join") object.taskDone();
          else if (full) object.getNowait();
          else object.putNowait(1);
        },
      };
    },
  };
}

function ofPipe(method: "send" | "recv" | "next" | "poll"): Case {
  return {
    name: `Connection.${method}()`,
    reason: method === "send" ? "pipe send" : "pipe recv",
    late: method === "poll" ? { gives: false } : { throws: Timeout },
    setUp() {
      const [object, other] = Pipe<number>({ name, capacity: 1 });
      if (method === "send") object.send(0).poll();
      return {
        object,
        wait(options) {
          if (method === "send") return object.send(1, options);
          return method === "poll"
            ? object.poll(options ?? { timeout: Infinity })
            : object[method](options);
        },
        finish: () => method === "send" ? other.recv().poll() : other.send(1).poll(),
      };
    },
  };
}

function ofResult(method: "get" | "wait"): Case {
  return {
    name: `AsyncResult.${method}()`,
    reason: `result ${method}`,
    late: method === "get" ? { throws: Timeout } : { gives: undefined },
    setUp() {
      const object = new AsyncResult<number>({ name });
      return { object, wait: (options) => object[method](options), finish: () => object.set(1) };
    },
  };
}

/** All of them. */
export const cases: Case[] = [
  ofChannel("send", (channel, options) => channel.send(1, options)),
  ofChannel("receive", (channel, options) => channel.receive(options)),
  ofChannel("next", (channel, options) => channel.next(options)),
  ofQueue("put", (queue, options) => queue.put(1, options)),
  ofQueue("get", (queue, options) => queue.get(options)),
  ofQueue("peek", (queue, options) => queue.peek(options)),
  ofQueue("next", (queue, options) => queue.next(options)),
  ofQueue("join", (queue, options) => queue.join(options)),
  ofPipe("send"),
  ofPipe("recv"),
  ofPipe("next"),
  ofPipe("poll"),
  ofResult("get"),
  ofResult("wait"),
  {
    name: "Event.wait()",
    reason: "event wait",
    late: { gives: false },
    setUp() {
      const object = new Event({ name });
      return { object, wait: (options) => object.wait(options), finish: () => object.set() };
    },
  },
  {
    name: "CountDownLatch.wait()",
    reason: "latch wait",
    late: { gives: false },
    setUp() {
      const object = new CountDownLatch(1, { name });
      return { object, wait: (options) => object.wait(options), finish: () => object.countDown() };
    },
  },
  {
    name: "Barrier.wait()",
    reason: "barrier wait",
    late: { throws: BrokenBarrierError },
    setUp() {
      const object = new Barrier(3, { name });
      return {
        object,
        wait: (options) => object.wait(options),
        finish() {
          const ignore = () => {};
          for (let n = object.nWaiting; n < 3; n++) object.wait().then(ignore, ignore);
        },
        mend: () => object.reset(),
      };
    },
  },
];
