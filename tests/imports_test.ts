// Copyright 2026 the Tendril authors. MIT license.
import { assertArrayIncludes, assertEquals } from "@std/assert";
import { type ImportGraph, importsOf, readGraph, violations } from "../tools/check/imports.ts";

function graph(imports: Record<string, string[]>): ImportGraph {
  return new Map(Object.entries(imports));
}

Deno.test("shipped code imports one way and nothing but itself, @std and node:", async () => {
  assertEquals(violations(await readGraph(new URL("../", import.meta.url))), []);
});

Deno.test("violations() lets files import downwards, beside themselves, @std and node:", () => {
  const fine = graph({
    "mod.ts": ["./runtime/greenlet.ts", "./channels/channel.ts"],
    "runtime/op.ts": ["./errors.ts"],
    "runtime/errors.ts": [],
    "runtime/hub.ts": ["./op.ts", "node:process"],
    "runtime/greenlet.ts": ["./hub.ts"],
    "runtime/pool.ts": ["./greenlet.ts", "@std/async/retry"],
    "channels/channel.ts": ["../runtime/pool.ts"],
    "runtime/io/fetch.ts": ["../../channels/channel.ts", "../pool.ts"],
    "runtime/monkey.ts": ["./io/fetch.ts"],
  });
  assertEquals(violations(fine), []);
});

Deno.test("violations() names an upward import", () => {
  const upward = graph({
    "runtime/hub.ts": ["./greenlet.ts"],
    "runtime/greenlet.ts": [],
    "runtime/pool.ts": ["../channels/queue.ts", "./io/mod.ts"],
    "channels/queue.ts": ["../runtime/io/mod.ts"],
    "runtime/io/mod.ts": ["../parallel/pool.ts"],
    "runtime/parallel/pool.ts": ["../../mod.ts"],
    "mod.ts": [],
  });
  assertEquals(violations(upward), [
    "runtime/hub.ts imports upwards: runtime/greenlet.ts",
    "runtime/pool.ts imports upwards: channels/queue.ts",
    "runtime/pool.ts imports upwards: runtime/io/mod.ts",
    "channels/queue.ts imports upwards: runtime/io/mod.ts",
    "runtime/io/mod.ts imports upwards: runtime/parallel/pool.ts",
    "runtime/parallel/pool.ts imports upwards: mod.ts",
  ]);
});

Deno.test("violations() names a circular import within a layer", () => {
  const circular = graph({
    "channels/lock.ts": ["./event.ts"],
    "channels/event.ts": ["./queue.ts"],
    "channels/queue.ts": ["./lock.ts"],
  });
  assertEquals(violations(circular), [
    "Circular import: channels/lock.ts -> channels/event.ts -> channels/queue.ts -> " +
    "channels/lock.ts",
  ]);
});

Deno.test("violations() names an import of what is not shipped", () => {
  const foreign = graph({ "mod.ts": ["npm:effect", "@tendril/tendril", "./tests/helper.ts"] });
  assertEquals(violations(foreign), [
    'mod.ts imports "npm:effect", which is not shipped',
    'mod.ts imports "@tendril/tendril", which is not shipped',
    'mod.ts imports "./tests/helper.ts", which is not shipped',
  ]);
});

Deno.test("violations() lets runtime/otel/ import the API of OpenTelemetry, and nothing else", () => {
  const api = "@opentelemetry/api";
  assertEquals(violations(graph({ "runtime/otel/spans.ts": [api] })), []);
  assertEquals(violations(graph({ "runtime/hub.ts": [api] })).length, 1);
});

Deno.test("importsOf() finds every form of import, not those in comments", () => {
  const source = `
/**
 * import { example } from "a-doc-comment";
 */
// import { old } from "a-comment";
import { one } from "./one.ts";
import type {
  Two,
} from "./two.ts";
import "./three.ts";
export * from "./four.ts";
export { type Five } from './five.ts';
export function six(value: import("./six.ts").Six): string {
  return "no import from here";
}
const seven = await import("./seven.ts");
`;
  const found = importsOf(source);
  const wanted = ["one", "two", "three", "four", "five", "six", "seven"];
  assertArrayIncludes(found, wanted.map((name) => `./${name}.ts`));
  assertEquals(found.length, wanted.length);
});
