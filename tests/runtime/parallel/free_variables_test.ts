// Copyright 2026 the Tendril authors. MIT license.
import { assertEquals } from "@std/assert";
import { freeVariables } from "../../../runtime/parallel/free_variables.ts";

function assertFree(source: string, ...names: string[]): void {
  assertEquals(freeVariables(source, "self"), names, source);
}

Deno.test("freeVariables() finds what a function takes from outside", () => {
  assertFree("(n) => n + outside", "outside");
  assertFree("function f(a = base) { return a + other(a); }", "other");
  assertFree("async (a) => { for (const b of list) await call(b, a); }", "list", "call");
  assertFree("() => ({ shorthand })", "shorthand");
  assertFree("() => `${inside} ${`${nested}`} text`", "inside", "nested");
  assertFree("() => { helper?.run(); }", "helper");
  assertFree("(x) => x / scale / 2", "scale");
  assertFree("() => new Thing()", "Thing");
});

Deno.test("freeVariables() finds nothing in a function that stands alone", () => {
  assertFree("(n) => n * 2");
  assertFree("function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }");
  assertFree("(n) => n < 2 ? 1 : n * self(n - 1)");
  assertFree("({ a, b: { c }, ...d }, [e, f = 1]) => a + c + d + e + f");
  assertFree("() => { let a = 1, b = 2; const { c, d: [e] } = x(a); function x(y) { return y; } }");
  assertFree("() => { try { a(); } catch (error) { return error; } function a() {} }");
  assertFree("() => { outer: for (;;) { break outer; } }");
  assertFree("() => ({ key: 1, method(a) { return a; }, get b() { return 2; }, async *c() {} })");
  assertFree("(a) => a.name.length + a?.other");
  assertFree("() => /outside/g.test('outside') && \"outside\"");
  assertFree("() => { if (true) /outside/.exec(''); }");
  assertFree("() => { // outside\n /* outside */ return 1; }");
  assertFree("() => Math.max(1, globalThis.x, undefined, NaN) + fetch.length");
  assertFree("() => typeof maybe === 'function' ? maybe() : 0");
  assertFree("async (x) => { for await (const y of x) yield_(y); function yield_() {} }");
  assertFree("() => 0x1F + 1_000n + .5e3 + 1..toFixed()");
});

Deno.test("freeVariables() says nothing where it would take a parser", () => {
  assertFree("() => { class A { field = outside; } }");
  assertFree("() => eval('outside')");
  assertFree("() => { {} / outside / 1; }");
  assertFree("() => '");
  assertFree("() => (");
  assertFree("() => `${");
});
