// Copyright 2026 the Tendril authors. MIT license.
import { type Coroutine, Lock, run, spawn } from "@tendril/tendril";
import { nsPerOperation } from "./harness/measure.ts";
import { inDeno, inGo, inPython, type Round, type Scenario } from "./harness/scenario.ts";
import { runSubject } from "./harness/subject.ts";
import { ratioAtMost } from "./harness/targets.ts";
import { Semaphore } from "./rivals/semaphore.ts";

const FREE = "free";
const LEASE = "free, by its lease";
const HANDED = "handed over";

/** Takes a lock and gives it back: one that nobody else wants, and one that two want in turn. */
export const scenario: Scenario = {
  name: "lock",
  operation:
    "acquire and release of a lock; handed over: held across one turn, while another waits",
  rounds: 7,
  subjects: [
    inDeno("tendril", () => cases(tendrilFree, tendrilHanded, tendrilLease)),
    inDeno("raw generator", () => async () => [{ name: FREE, ns: await nsPerOperation(rawHops) }], {
      note: "one gen.next() hop",
    }),
    inDeno("async/await", () => cases(asyncFree, asyncHanded), { note: "semaphore of promises" }),
    inDeno("effect", effect, { note: "Semaphore.withPermits" }),
    inGo("go", { note: "sync.Mutex" }),
    inPython("threading", { rounds: 3 }),
    inPython("gevent", { note: "gevent.lock.BoundedSemaphore" }),
  ],
  targets: [
    ratioAtMost(FREE, "raw generator", 1.5, "at most 1.5 raw gen.next() hops when it is free"),
    ratioAtMost(HANDED, "gevent", 0.2, "at least 5 times faster than gevent when handed over"),
  ],
};

type Batch = (times: number) => Promise<void>;

function cases(free: Batch, handed: Batch, lease?: Batch): Round {
  return async () => [
    { name: FREE, ns: await nsPerOperation(free) },
    ...lease === undefined ? [] : [{ name: LEASE, ns: await nsPerOperation(lease) }],
    { name: HANDED, ns: await nsPerOperation(handed) },
  ];
}

const lock = new Lock();

function tendrilFree(times: number): Promise<void> {
  return run(takeFree, times);
}

function* takeFree(times: number): Coroutine {
  for (let i = 0; i < times; i++) {
    yield* lock.acquire();
    lock.release();
  }
}

function tendrilLease(times: number): Promise<void> {
  return run(takeLease, times);
}

function* takeLease(times: number): Coroutine {
  for (let i = 0; i < times; i++) (yield* lock.acquire()).release();
}

function tendrilHanded(times: number): Promise<void> {
  return run(takeInTurn, times);
}

function* takeInTurn(times: number): Coroutine {
  const players = [spawn(play, times / 2), spawn(play, times / 2)];
  for (const player of players) yield* player.join();
}

function* play(turns: number): Coroutine {
  for (let turn = 0; turn < turns; turn++) {
    yield* lock.acquire();
    yield;
    lock.release();
  }
}

type Player = Generator<Player, void, void>;

let rawLeft: Player;
let rawRight: Player;

function rawHops(hops: number): void {
  rawLeft = playRawLeft(hops / 2);
  rawRight = playRawRight(hops / 2);
  let current = rawLeft;
  while (true) {
    const { value, done } = current.next();
    if (done) return;
    current = value;
  }
}

function* playRawLeft(turns: number): Player {
  for (let turn = 0; turn < turns; turn++) yield rawRight;
}

function* playRawRight(turns: number): Player {
  for (let turn = 0; turn < turns; turn++) yield rawLeft;
}

const semaphore = new Semaphore(1);

async function asyncFree(times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    await semaphore.acquire();
    semaphore.release();
  }
}

async function asyncHanded(times: number): Promise<void> {
  await Promise.all([playAsync(times / 2), playAsync(times / 2)]);
}

async function playAsync(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) {
    await semaphore.acquire();
    await undefined;
    semaphore.release();
  }
}

async function effect() {
  const { lockFree, lockInTurn } = await import("./rivals/effect.ts");
  return cases(lockFree, lockInTurn);
}

if (import.meta.main) await runSubject(scenario);
