// Copyright 2026 the Tendril authors. MIT license.
import { assertEquals } from "@std/assert";
import { notExported, problemsOf, rowsOf } from "../../tools/check/from_python.ts";
import python from "../../tools/check/python_names.json" with { type: "json" };

const page = await Deno.readTextFile(new URL("../../docs/from-python.md", import.meta.url));

const table = (...rows: string[]) =>
  ["## `queue`", "| Python | Ours | From | Notes |", "| --- | --- | --- | --- |", ...rows]
    .join("\n");

Deno.test("from-python.md speaks of every name of Python, and of no other", () => {
  assertEquals(problemsOf(rowsOf(page), python.names), []);
});

Deno.test("everything that from-python.md calls ours is exported from where it says", async () => {
  assertEquals(await notExported(rowsOf(page)), []);
});

Deno.test("a name of Python that the page leaves out is a problem", () => {
  const rows = rowsOf(table("| `Queue` | `Queue` | | |"));
  assertEquals(problemsOf(rows, { queue: ["Queue", "Empty"] }), ["nothing about queue: Empty"]);
});

Deno.test("a name that Python does not have is a problem", () => {
  const rows = rowsOf(table("| `Queue`, `Quack` | `Queue` | | |"));
  assertEquals(problemsOf(rows, { queue: ["Queue"] }), ["line 4: Python has no Quack there"]);
});

Deno.test("a row with neither counterpart nor reason is a problem", () => {
  const rows = rowsOf(table("| `Queue` | — | | |"));
  assertEquals(problemsOf(rows, { queue: ["Queue"] }), ["line 4: no counterpart, no reason"]);
});

Deno.test("an entry point that does not exist is a problem", () => {
  const rows = rowsOf(table("| `Queue` | `Queue` | `nowhere` | |"));
  assertEquals(problemsOf(rows, { queue: ["Queue"] }), [
    "line 4: there is no entry point ./nowhere",
  ]);
});

Deno.test("a star stands for all members, and a version for a name that is newer", () => {
  const rows = rowsOf(table("| `Queue`, `Queue.*`, `ShutDown` (3.13) | `Queue` | | |"));
  assertEquals(problemsOf(rows, { queue: ["Queue", "Queue.get", "Queue.put"] }), []);
});

Deno.test("a symbol or member that is not exported is named", async () => {
  const rows = rowsOf(
    table(
      "| `Queue` | `Queue.put`, `Queue.quack` | | |",
      "| `Queue` | `WorkerPool` | | |",
      "| `Queue` | `Timeout.startNew` | | |",
    ),
  );
  assertEquals(await notExported(rows), [
    "not exported: line 4: Queue.quack from .",
    "not exported: line 5: WorkerPool from .",
  ]);
});
