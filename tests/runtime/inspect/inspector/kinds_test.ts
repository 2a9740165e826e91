// Copyright 2026 the Tendril authors. MIT license.
// What is left of a wait reason when its details are dropped.

import { assertEquals, assertNotEquals } from "@std/assert";
import { kindLabel, kindOfReason } from "../../../../runtime/inspect/inspector/kinds.ts";

Deno.test("kindOfReason() puts together reasons that differ in names, addresses and numbers", () => {
  const labels = {
    "sleep": "sleep",
    "channel send": "channel send",
    "fetch https://example.org/a": "fetch",
    "read 127.0.0.1:80": "read",
    "body of http://127.0.0.1/file": "body",
    "join producer": "join",
    'task "sum"': "task",
    "select of promise, sleep": "select",
    "GET https://example.org": "GET",
  };
  for (const [reason, label] of Object.entries(labels)) {
    assertEquals(kindLabel(kindOfReason(reason)), label);
    assertEquals(kindOfReason(reason), kindOfReason(reason));
  }
  assertEquals(kindOfReason("fetch https://a.example"), kindOfReason("fetch https://b.example"));
  assertNotEquals(kindOfReason("fetch https://a.example"), kindOfReason("sleep"));
});

Deno.test("kindOfReason() gives what comes after the first hundreds of kinds one number", () => {
  const word = (i: number) => `wait${"abcdefghij"[i % 10]}${"abcdefghij"[(i / 10 | 0) % 10]}${i}`;
  const kinds = new Set(Array.from({ length: 1000 }, (_, i) => kindOfReason(word(i))));
  assertEquals(kinds.size <= 200, true);
  assertEquals(kindLabel(kindOfReason("yet another")), "other");
  assertEquals(kindOfReason("yet another"), kindOfReason("and one more"));
});
