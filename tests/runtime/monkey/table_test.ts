// Copyright 2026 the Tendril authors. MIT license.
// Of every name that can be patched: it yields, a kill cancels it, and it is restored.

import { assert, assertEquals, assertNotStrictEquals, assertStrictEquals } from "@std/assert";
import {
  getOriginal,
  isPatched,
  patchableNames,
  patchAll,
  unpatchAll,
} from "@tendril/tendril/monkey";
import "./fetch_rows.ts";
import "./fs_rows.ts";
import "./net_rows.ts";
import "./node_fs_rows.ts";
import "./subprocess_rows.ts";
import { find, proveCancelled, proveYields, rows } from "./table.ts";
import "./timer_rows.ts";

/** Whether the tests have what some rows need. */
const hasMore = "listenDatagram" in Deno;

for (const row of rows) {
  const { name } = row;
  const ignore = row.needsMore === true && !hasMore;
  Deno.test({ name: `${name} yields`, ignore, fn: () => proveYields(row) });
  Deno.test({ name: `${name} is cancelled by a kill`, ignore, fn: () => proveCancelled(row) });
  Deno.test({
    name: `${name} is restored`,
    ignore,
    fn() {
      const { holder, key } = find(name);
      const before = Object.getOwnPropertyDescriptor(holder, key);
      const original = getOriginal(name);
      patchAll();
      assert(isPatched(name));
      const patched = Object.getOwnPropertyDescriptor(holder, key)!;
      assertNotStrictEquals(patched.get ?? patched.value, before?.get ?? before?.value);
      assertStrictEquals(getOriginal(name), original);
      unpatchAll();
      assertEquals(isPatched(name), false);
      const after = Object.getOwnPropertyDescriptor(holder, key);
      assertEquals(after, before);
      for (const part of ["value", "get", "set"] as const) {
        assertStrictEquals(after?.[part], before?.[part]);
      }
    },
  });
}

Deno.test("Every name that can be patched has a row", () => {
  assertEquals(rows.map((row) => row.name).toSorted(), patchableNames().toSorted());
});

Deno.test(
  "what needs more than tests are given is patched as well",
  { ignore: hasMore },
  async () => {
    const names = rows.filter((row) => row.needsMore).map((row) => RegExp.escape(row.name));
    const { success, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["test", "--no-check", "-A", "--unstable-net", "--filter", `/^(${names.join("|")}) /`]
        .concat(import.meta.filename!),
      env: { NO_COLOR: "1" },
    }).output();
    const text = new TextDecoder().decode(stdout);
    assert(success, text);
    assert(text.includes(`ok | ${names.length * 3} passed`), text);
  },
);
