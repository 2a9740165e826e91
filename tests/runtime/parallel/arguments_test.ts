// Copyright 2026 the Tendril authors. MIT license.
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { SharedValue, WorkerPool } from "@tendril/tendril/parallel";
import { checkArguments } from "../../../runtime/parallel/arguments.ts";
import * as tasks from "./tasks.ts";

class Secret {
  #hidden = 1;
  read(): number {
    return this.#hidden;
  }
}

class Point {
  x = 1;
}

Deno.test("what would arrive as an empty object is refused before anything is sent", () => {
  using pool = new WorkerPool(1);
  const refused: [unknown, string][] = [
    [() => 1, "functions cannot be sent"],
    [Symbol("s"), "symbols cannot be sent"],
    [new AbortController().signal, "use the option { signal }"],
    [new AbortController(), "use the option { signal }"],
    [new URL("http://host/"), "an instance of URL would arrive as an empty object"],
    [new Headers(), "an instance of Headers"],
    [new Request("http://host/"), "an instance of Request"],
    [new TextDecoder(), "an instance of TextDecoder"],
    [new Secret(), "an instance of Secret"],
    [Promise.resolve(), "an instance of Promise"],
    [new WeakMap(), "an instance of WeakMap"],
  ];
  for (const [value, says] of refused) {
    for (const args of [[value], [1, { deep: [value] }]]) {
      const error = assertThrows(() => pool.apply(tasks.echo, args), TypeError, says);
      assertStringIncludes(error.message, `Cannot pass argument ${args.length} of "echo"`);
    }
    assertThrows(() => pool.apply(tasks.echo, [{ a: { b: [value] } }]), TypeError, "at a.b[0]");
  }
  assertEquals(pool.stats().started, 0);
});

Deno.test("what the host can clone is let through", () => {
  const circle: unknown[] = [];
  circle.push(circle);
  const fine = [
    1,
    "text",
    null,
    undefined,
    circle,
    { deep: [{ er: 1 }] },
    Object.create(null),
    new Date(),
    /x/,
    new Map(),
    new Set(),
    new Error("x"),
    new RangeError("x"),
    new DOMException("x"),
    new ArrayBuffer(1),
    new SharedArrayBuffer(1),
    new Uint8Array(1),
    new DataView(new ArrayBuffer(1)),
    new Blob([]),
    new Point(),
    Object(1),
    new SharedValue("i32"),
  ];
  checkArguments("f", fine);
  checkArguments("f", [Array.from({ length: 5000 }, (_, n) => ({ n }))]);
});
