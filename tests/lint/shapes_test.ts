// Copyright 2026 the Tendril authors. MIT license.
import { assertEquals } from "@std/assert";
import { findings } from "./findings.ts";

/** Whether the rules know that `expression`, after `setup`, is a lock or a channel or a greenlet. */
function isKnown(setup: string, expression: string, method: string): boolean {
  const call = `${expression}.${method}()`;
  const found = findings(`${setup}\nfunction* work() { ${call}; }`);
  return found.includes(`no-lost-op: ${call}`);
}

Deno.test("shapes: a variable is what it was set to, or said to be", () => {
  const setups = [
    "const it = new Lock();",
    "let it: Lock | undefined;",
    "const it = mine as Lock;",
    "const it = <Lock> mine;",
    "const list: Array<Lock> = []; const it = list[0];",
    "const list = [new Lock(), new Lock()]; const it = list[mine];",
    "const it = mine satisfies Lock ? new Lock() : new Lock();",
    "let other; const it = (other = new Lock());",
    "const locks: readonly Lock[] = []; const it = locks[0]!;",
    "const [other, it] = [new Channel(), new Lock()];",
    "const [it] = Array.from({ length: 3 }, () => new Lock());",
    "const it = new Condition().lock;",
    "export const it = new Lock();",
    "const make = (): Lock => mine; const it = make();",
    "function make(): Lock | null { return mine; } const it = make()!;",
  ];
  for (const setup of setups) assertEquals(isKnown(setup, "it", "acquire"), true, setup);
});

Deno.test("shapes: what a greenlet gets of an operation is followed", () => {
  const body = `function* work(ops: Op<Channel<number>>, io: IoPromise<Lock>): Coroutine {
  const [left] = Pipe();
  left.recv();
  const file = yield* open("a");
  file.read(buffer);
  const spawned = yield* pool.spawn(sleep, 1);
  pool.map((n: number) => sleep(n), [1]);
  (yield* fetch("http://localhost")).body?.text();
  spawned.join();
  (yield* ops).receive();
  (yield* io).acquire();
}`;
  assertEquals(findings(body), [
    "no-lost-op: left.recv()",
    "no-lost-op: file.read(buffer)",
    "no-lost-op: pool.map((n: number) => sleep(n), [1])",
    'no-lost-op: (yield* fetch("http://localhost")).body?.text()',
    "no-lost-op: spawned.join()",
    "no-lost-op: (yield* ops).receive()",
    "no-lost-op: (yield* io).acquire()",
  ]);
});

Deno.test("shapes: the elements of a list are followed into loops and callbacks", () => {
  const body = `function* work() {
  const jobs = [1, 2].map((n) => spawn(sleep, n));
  for (const job of jobs) job.join();
  jobs.forEach((job) => { job.get(); });
  new Set(jobs).forEach((job) => { job.get(); });
  yield* scope(function* (s) { s.spawn(sleep, 1).join(); });
}`;
  assertEquals(findings(body), [
    "no-lost-op: job.join()",
    "no-op-in-callback: job.get()",
    "no-lost-op: s.spawn(sleep, 1).join()",
  ]);
});

Deno.test("shapes: the properties of `this` are followed, each in its class", () => {
  const body = `class Account {
  #lock = new Lock();
  channel: Channel<number>;
  static lock = new Lock();
  constructor(readonly given: Lock, private other = new Channel()) {}
  *deposit(): Coroutine {
    this.#lock.acquire();
    this.channel.send(1);
    this.given.acquire();
    this.other.receive();
    [1].forEach(() => { this.given.acquire(); });
    this.lock.acquire();
    const inner = function* (this: Other) { this.given.acquire(); };
  }
  static *all(): Coroutine { this.lock.acquire(); }
}
class Other { given = 1; *work() { this.given.acquire(); } }`;
  assertEquals(findings(body), [
    "no-lost-op: this.#lock.acquire()",
    "no-lost-op: this.channel.send(1)",
    "no-lost-op: this.given.acquire()",
    "no-lost-op: this.other.receive()",
    "no-op-in-callback: this.given.acquire()",
    "no-lost-op: this.lock.acquire()",
  ]);
});

Deno.test("shapes: parameters are what they are said to be, or what they are by default", () => {
  const body = `function* work(one = new Lock(), two: Lock = mine, ...rest: Lock[]) {
  one.acquire();
  two.acquire();
  rest[0].acquire();
  rest["first"].acquire();
}`;
  assertEquals(findings(body), [
    "no-lost-op: one.acquire()",
    "no-lost-op: two.acquire()",
    "no-lost-op: rest[0].acquire()",
  ]);
});

Deno.test("shapes: `this` outside of a class is unknown", () => {
  assertEquals(findings("const work = () => { this.lock.acquire(); };"), []);
  assertEquals(findings("const mine = { *work() { this.lock.acquire(); } };"), []);
});

Deno.test("shapes: a union is known where all its members agree", () => {
  const body =
    `function* work(it: Lock | Semaphore | null, mixed: Lock | Other, two: Lock | Channel) {
  it?.acquire();
  mixed.acquire();
  two.acquire();
}`;
  assertEquals(findings(body), ["no-lost-op: it?.acquire()"]);
});

Deno.test("shapes: what a file does not show is unknown", () => {
  const setups = [
    "const it = mine;",
    "const it = [new Channel(), new Lock()][mine];",
    "const { it } = { it: new Lock() };",
    "const { it = new Lock() } = mine;",
    "const it = Math.random() ? new Lock() : mine;",
    "class Lock {} const it = new Lock();",
    "class Mine extends Lock {} const it = new Mine();",
    "const it: Mine = new Lock();",
    "const it = it;",
    "const it = new Map<string, Lock>();",
    "let list: Map<Lock, string>; const it = list[0];",
    "class Array {} let list: Array<Lock>; const it = list[0];",
    "const list = []; const it = list[0];",
    "const [[it]] = [[new Lock()]];",
    "const [it] = mine.reduce(1, () => new Lock());",
    "const { a: it = new Lock() } = mine;",
  ];
  for (const setup of setups) assertEquals(isKnown(setup, "it", "acquire"), false, setup);
});
