// Copyright 2026 the Tendril authors. MIT license.
import { assertEquals } from "@std/assert";
import { findings, fixed } from "./findings.ts";

const MINE = "const mine = new Lock();\n";

Deno.test("release-lease finds a lease that is dropped, and keeps it with `using`", () => {
  const body = `${MINE}function* work() {
  yield* mine.acquire();
  yield* sleep(1);
}`;
  assertEquals(findings(body), ["release-lease: yield* mine.acquire()"]);
  assertEquals(fixed(body), body.replace("yield* mine", "using _mine = yield* mine"));
  assertEquals(findings(fixed(body)), []);
});

Deno.test("release-lease finds a lease that is kept and never released, and makes it `using`", () => {
  const body = `${MINE}async function work() {
  const lease = await mine.acquire({ timeout: 10 });
  if (lease === undefined || lease.released) return;
  await sleep(1);
}`;
  assertEquals(findings(body), ["release-lease: await mine.acquire({ timeout: 10 })"]);
  assertEquals(fixed(body), body.replace("const lease", "using lease"));
  assertEquals(findings(fixed(body)), []);
});

Deno.test("release-lease finds leases of every lock", () => {
  const body = `const slots = new Semaphore(2);
const pages = new RWLock();
const full = new Condition();
class Account {
  #lock = new Lock();
  *deposit(): Coroutine { yield* this.#lock.acquire(); }
}
function* work() {
  yield* slots.acquire();
  yield* pages.read.acquire();
  full.acquireNowait();
}`;
  assertEquals(findings(body), [
    "release-lease: yield* this.#lock.acquire()",
    "release-lease: yield* slots.acquire()",
    "release-lease: yield* pages.read.acquire()",
    "release-lease: full.acquireNowait()",
  ]);
});

Deno.test("release-lease offers no fix where `using` would not hold to the end, or not compile", () => {
  const body = `${MINE}function* work(late: boolean) {
  if (late) { yield* mine.acquire(); }
  let lease = yield* mine.acquire();
  const other = yield* mine.acquire(), two = 2;
}
function* twice(_mine: number) { yield* mine.acquire(); }
await mine.acquire();`;
  assertEquals(findings(body).length, 5);
  assertEquals(fixed(body), body);
});

Deno.test("release-lease names only the first of two leases of one lock in a file", () => {
  const body = `${MINE}function* work() { yield* mine.acquire(); yield* mine.acquire(); }`;
  assertEquals(
    fixed(body),
    `${MINE}function* work() { using _mine = yield* mine.acquire(); yield* mine.acquire(); }`,
  );
});

Deno.test("release-lease lets leases through that are released, used or handed on", () => {
  assertEquals(
    findings(`${MINE}function* work(stack: DisposableStack) {
  using _ = yield* mine.acquire();
  const one = yield* mine.acquire();
  one.release();
  const two = stack.use(yield* mine.acquire());
  const three = yield* mine.acquire();
  stack.use(three);
  const four = yield* mine.acquire();
  return four;
}
function* give() { return yield* mine.acquire(); }`),
    [],
  );
});

Deno.test("release-lease lets locks through that are released anywhere in the file", () => {
  assertEquals(
    findings(`${MINE}const slots = new Semaphore(2);
class Account {
  #lock = new Lock();
  *enter(): Coroutine { yield* this.#lock.acquire(); }
  leave() { this.#lock.release(); }
}
function* work() {
  yield* mine.acquire();
  try {
    yield* slots.acquire();
  } finally {
    mine.release();
  }
}
setInterval(() => slots.release(), 100);`),
    [],
  );
});

Deno.test("release-lease lets locks through that other code may release", () => {
  assertEquals(
    findings(`export const shared = new Lock();
const listed = new Lock();
const passed = new Lock();
const shown = new Lock();
export { shown };
visit(passed);
const all = [listed];
const indexed = new Lock();
indexed[method]();
export class Account {
  lock = new Lock();
  *enter(): Coroutine { yield* this.lock.acquire(); }
}
class Inner {
  #shown = new Lock();
  #given = mine();
  constructor(private other: Lock) { visit(this.#shown); }
  *enter(): Coroutine {
    yield* this.#shown.acquire();
    yield* this.#given.acquire();
    yield* this.other.acquire();
  }
}
function* work(theirs: Lock) {
  yield* theirs.acquire();
  yield* lock.acquire();
  yield* shared.acquire();
  yield* listed.acquire();
  yield* passed.acquire();
  yield* shown.acquire();
  yield* indexed.acquire();
}`),
    [],
  );
});
