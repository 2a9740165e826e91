// Copyright 2026 the Tendril authors. MIT license.
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { GreenletExit, QueueEmpty, Timeout } from "@tendril/tendril";
import { WorkerDiedError } from "@tendril/tendril/parallel";
import { packError, unpackError } from "../../../runtime/parallel/remote_error.ts";
import { inPool } from "./helpers.ts";
import * as tasks from "./tasks.ts";

function sent(error: unknown, where = "", site = ""): unknown {
  return unpackError(structuredClone(packError(error)), where, site);
}

class ParseError extends SyntaxError {
  override name = "ParseError";
  line = 7;
  detail = { deep: [1] };
}

Deno.test("an error keeps class name, name, message, own fields and the built-in it extends", () => {
  const error = sent(new ParseError("bad")) as ParseError;
  assertInstanceOf(error, SyntaxError);
  assert(Error.isError(error));
  assertEquals(error.constructor.name, "ParseError");
  assertEquals([error.name, error.message, error.line], ["ParseError", "bad", 7]);
  assertEquals(error.detail, { deep: [1] });
  assertStringIncludes(Deno.inspect(error), "ParseError: bad");
  assertEquals(Object.keys(error).sort(), ["detail", "line"]);
});

Deno.test("an error keeps its cause and what an AggregateError holds, however deep", () => {
  const cause = new ParseError("inner", { cause: "text" });
  const error = sent(new RangeError("outer", { cause })) as Error;
  assertInstanceOf(error.cause, SyntaxError);
  assertEquals((error.cause as ParseError).line, 7);
  assertEquals((error.cause as Error).cause, "text");
  const all = sent(new AggregateError([cause, 5, undefined], "several")) as AggregateError;
  assertInstanceOf(all, AggregateError);
  assertEquals(all.errors.length, 3);
  assertEquals((all.errors[0] as Error).message, "inner");
  assertEquals(all.errors.slice(1), [5, undefined]);
});

Deno.test("classes that both sides know arrive as themselves", () => {
  assertInstanceOf(sent(new Deno.errors.NotFound("x")), Deno.errors.NotFound);
  assertInstanceOf(sent(new GreenletExit()), GreenletExit);
  assertInstanceOf(sent(new Timeout(5)), Timeout);
  assertInstanceOf(sent(new QueueEmpty("x")), QueueEmpty);
  const died = sent(new WorkerDiedError("x", { worker: "w", exitCode: 3 })) as WorkerDiedError;
  assertInstanceOf(died, WorkerDiedError);
  assertEquals([died.worker, died.exitCode], ["w", 3]);
  const aborted = sent(new DOMException("x", "AbortError")) as DOMException;
  assertInstanceOf(aborted, DOMException);
  assertEquals(aborted.name, "AbortError");
});

Deno.test("a class that is called like a known one and extends something else is not taken for it", () => {
  const impostor = { Timeout: class extends TypeError {} }.Timeout;
  const error = sent(new impostor("x"));
  assertInstanceOf(error, TypeError);
  assertEquals(error instanceof Timeout, false);
});

Deno.test("fields that cannot be sent arrive as text, and getters that throw not at all", () => {
  const odd = Object.assign(new Error("odd"), { fn: () => 1, weak: new WeakMap(), n: 1 });
  Object.defineProperty(odd, "bad", {
    enumerable: true,
    get() {
      throw new Error("no");
    },
  });
  const error = sent(odd) as typeof odd;
  assertEquals(Object.keys(error).sort(), ["fn", "n", "weak"]);
  assertEquals(typeof error.fn, "string");
});

Deno.test("an error whose causes run in a circle comes to an end", () => {
  const error = new Error("round");
  error.cause = error;
  assertEquals((sent(error) as Error).message, "round");
});

Deno.test("what is thrown and is no Error arrives as it is, or as text", () => {
  for (const value of ["text", 5, undefined, null, { a: [1] }]) assertEquals(sent(value), value);
  assertEquals(sent(Symbol("s")), "Symbol(s)");
});

Deno.test("the stack is that of the worker, and below it that of the caller", async () => {
  await inPool(1, { name: "deep" }, async (pool) => {
    const error = await assertRejects(async () => await pool.apply(tasks.fail, ["oh"]), RangeError);
    const [there = "", here = ""] = (error.stack ?? "").split(
      '--- in worker "deep-1", called from ---',
    );
    assertStringIncludes(there, "RangeError: oh");
    assertStringIncludes(there, "tasks.ts");
    assertStringIncludes(here, "remote_error_test.ts");
  });
});
