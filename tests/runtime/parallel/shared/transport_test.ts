// Copyright 2026 the Tendril authors. MIT license.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  Manager,
  SharedArray,
  SharedBarrier,
  SharedCondition,
  SharedEvent,
  SharedLock,
  SharedPipe,
  SharedQueue,
  SharedRLock,
  SharedSemaphore,
  SharedValue,
} from "@tendril/tendril/parallel";
import { pack, unpack } from "../../../../runtime/parallel/shared/transport.ts";
import { Crew } from "./crew.ts";

const JOBS = import.meta.resolve("./transport_jobs.ts");

/** What arrives at the same isolate. */
function send<T>(value: T): T {
  const transfer: Transferable[] = [];
  const packed = pack(value, transfer);
  return unpack(structuredClone(packed, { transfer })) as T;
}

for (
  const value of [1, "text", null, undefined, 1n, new Float64Array(3), new Map(), [1, [2]], {
    a: {},
  }]
) {
  Deno.test(`pack() gives ${Deno.inspect(value)} back as it is`, () => {
    new SharedLock(); // from now on there may be handles
    assertStrictEquals(pack(value, []), value);
    assertStrictEquals(unpack(value), value);
  });
}

Deno.test("pack() and unpack() pass handles in arrays and objects, and leave the rest alone", () => {
  const lock = new SharedLock();
  const rest = { big: [1, 2, 3] };
  const value = { lock, list: [lock, [{ lock }]], rest, date: new Date(5) };
  const got = send(value);
  assertStrictEquals(got.lock, lock);
  assertStrictEquals(got.list[0] as SharedLock, lock);
  assertEquals(got.rest, rest);
  assertEquals(got.date, value.date);
  assertStrictEquals(value.lock, lock, "what was packed is as before");
  const bare = send([lock]);
  assertStrictEquals(bare[0], lock);
  assertStrictEquals(send(lock), lock);
});

Deno.test("pack() finds a handle behind many objects, and in what contains itself", () => {
  const lock = new SharedLock();
  const many: unknown[] = Array.from({ length: 3000 }, (_, n) => ({ n }));
  assertStrictEquals(pack(many, []), many);
  assertStrictEquals((send([...many, { lock }]).at(-1) as { lock: SharedLock }).lock, lock);
  const ring: { lock?: SharedLock; self?: unknown } = {};
  ring.self = ring;
  assertStrictEquals(pack(ring, []), ring);
  ring.lock = lock;
  const got = send(ring);
  assertStrictEquals(got.self, got);
  assertStrictEquals(got.lock, lock);
});

Deno.test("pack() keeps what is the same object the same, and holes holes", () => {
  const both = { lock: new SharedLock() };
  // deno-lint-ignore no-sparse-arrays
  const got = send([both, both, , 1]);
  assertStrictEquals(got[0], got[1]);
  assert(!(2 in got));
});

Deno.test("pack() is not misled by data that looks like its own", () => {
  const lock = new SharedLock();
  const odd = { $tendril: "token", value: { kind: "SharedLock" } };
  assertEquals(send(odd), odd);
  assertEquals(send({ odd, lock }).odd, odd);
  assertStrictEquals(send({ $tendril: "wrapped", value: lock }).value, lock);
});

Deno.test("A handle that was not packed is refused instead of arriving empty", () => {
  for (
    const handle of [new SharedLock(), new SharedQueue(), SharedPipe()[0], new Manager().dict()]
  ) {
    assertThrows(() => structuredClone(handle), DOMException, "could not be cloned");
    assertThrows(() => structuredClone(pack(new Map([[1, handle]]), [])), DOMException);
  }
});

Deno.test("unpack() says what to do about a kind of handle that is not known", () => {
  const packed = structuredClone(pack([new SharedLock()], [])) as {
    value: { value: { kind: string } }[];
  };
  packed.value[0]!.value.kind = "SharedSpoon";
  assertThrows(() => unpack(packed), TypeError, 'Cannot unpack a "SharedSpoon": import the module');
});

Deno.test("Every shared thing comes back from a worker as the handle that was sent", async () => {
  using manager = new Manager();
  const handles = {
    lock: new SharedLock({ name: "a lock" }),
    rlock: new SharedRLock(),
    semaphore: new SharedSemaphore(3),
    event: new SharedEvent(),
    condition: new SharedCondition(),
    barrier: new SharedBarrier(2, { timeout: 5 }),
    queue: new SharedQueue(4),
    ends: SharedPipe({ name: "a pipe" }),
    array: new SharedArray("u16", [1, 2]),
    value: new SharedValue("f64", 1.5),
    dict: manager.dict({ a: 1 }),
    list: manager.list([1]),
    namespace: manager.Namespace({ a: 1 }),
  };
  using crew = new Crew(1, JOBS);
  const [there, shown] = await crew.hands[0]!.call("look", handles);
  for (const [key, handle] of Object.entries(handles)) {
    assertEquals(shown[key], Deno.inspect(handle));
    if (key === "ends") assertStrictEquals(there.ends[1], handles.ends[1]);
    else assertStrictEquals(there[key], handle);
  }
});

Deno.test("A thing comes to a worker as the handle that it has already", async () => {
  using crew = new Crew(1, JOBS);
  const lock = new SharedLock();
  await crew.hands[0]!.call("keep", lock);
  assertEquals(await crew.hands[0]!.call("isKept", [lock]), true);
  assertEquals(await crew.hands[0]!.call("isKept", [new SharedLock()]), false);
});

Deno.test("What a worker made can be used by the main isolate and by another worker", async () => {
  using crew = new Crew(2, JOBS);
  const queue = await crew.hands[0]!.call("make");
  assertInstanceOf(queue, SharedQueue);
  await queue.put("hello");
  assertEquals(await crew.hands[1]!.call("getSync", queue), "hello");
});
