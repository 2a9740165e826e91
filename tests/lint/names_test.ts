// Copyright 2026 the Tendril authors. MIT license.
import { assertEquals } from "@std/assert";
import { findings, findingsIn } from "./findings.ts";

Deno.test("names: every way to import Tendril is seen", () => {
  const specifiers = [
    "@tendril/tendril",
    "@tendril/tendril/channels",
    "jsr:@tendril/tendril",
    "jsr:@tendril/tendril@^0.1.0",
    "jsr:@tendril/tendril@0.1/channels",
    "https://jsr.io/@tendril/tendril/0.1.0/mod.ts",
  ];
  for (const specifier of specifiers) {
    const found = findingsIn(`import { Channel } from "${specifier}";
function* work() { new Channel().send(1); }`);
    assertEquals(found, ["no-lost-op: new Channel().send(1)"], specifier);
  }
});

Deno.test("names: what another package exports under the same name is nobody's business", () => {
  for (const specifier of ["effect", "./channels.ts", "@tendril/other", "jsr:@my/tendril"]) {
    const found = findingsIn(`import { Channel } from "${specifier}";
import type { Coroutine } from "@tendril/tendril";
function* work() { new Channel().send(1); }`);
    assertEquals(found, [], specifier);
  }
});

Deno.test("names: aliases and namespaces are followed", () => {
  const found = findingsIn(`import { sleep as nap } from "@tendril/tendril";
import * as tendril from "@tendril/tendril";
import * as io from "@tendril/tendril/io";
function* work(channel: tendril.Channel<number>) {
  nap(1);
  tendril.sleep(2);
  channel.send(3);
  io.readTextFile("4");
  tendril.spawn(nap, 5);
}`);
  assertEquals(found, [
    "no-lost-op: nap(1)",
    "no-lost-op: tendril.sleep(2)",
    "no-lost-op: channel.send(3)",
    'no-lost-op: io.readTextFile("4")',
  ]);
});

Deno.test("names: the same name in `io` is another thing", () => {
  const source = (entry: string) =>
    `import type { Connection } from "@tendril/tendril${entry}";
function* work(connection: Connection) { connection.recv(); connection.read(buffer); }`;
  assertEquals(findingsIn(source("")), ["no-lost-op: connection.recv()"]);
  assertEquals(findingsIn(source("/io")), ["no-lost-op: connection.read(buffer)"]);
});

Deno.test("names: a declaration in any scope between hides an import", () => {
  const hiding = [
    "function* work(sleep: Mine) { sleep(1); }",
    "function* work({ sleep }: Mine) { sleep(1); }",
    "function* work([{ a: sleep = 1 }]: Mine) { sleep(1); }",
    "function* work(...sleep: Mine) { sleep(1); }",
    "function* work() { const sleep = mine(); sleep(1); }",
    "function* work() { { sleep(1); function sleep() {} } }",
    "function* work() { for (const sleep of mine) sleep(1); }",
    "function* work() { for (let sleep = mine; ; ) sleep(1); }",
    "function* work() { for (const sleep in mine) sleep(1); }",
    "namespace Mine { const sleep = mine; function* work() { sleep(1); } }",
    "function* work() { interface Lock {} let it: Lock; it.acquire(); }",
    "function* work() { type Lock = Mine; let it: Lock; it.acquire(); }",
    "namespace Mine { export default class Lock {} function* work() { new Lock().acquire(); } }",
    "function* work() { try { mine(); } catch (sleep) { sleep(1); } }",
    "function* work() { switch (mine) { case 1: { sleep(1); } break; default: var sleep = mine; } }",
    "const work = function* sleep() { (() => { function inner() { sleep(1); } })(); };",
    "const Mine = class Channel { *work() { new Channel().send(1); } };",
    "class Sleep { static { const sleep = mine; function* work() { sleep(1); } } }",
    "function* work() { enum sleep { A } sleep(1); }",
  ];
  for (const body of hiding) assertEquals(findings(body), [], body);
});

Deno.test("names: a declaration in another scope hides nothing", () => {
  const body = `function other(sleep: Mine) { return sleep; }
function* work() {
  { const sleep = 1; }
  for (const sleep of []) { console.log(sleep); }
  sleep(1);
}
for (sleep; ; ) break;
export default sleep;`;
  assertEquals(findings(body), ["no-lost-op: sleep(1)"]);
});
