// Copyright 2026 the Tendril authors. MIT license.
// What the inspector leaves alone while nobody looks on.

import { assertEquals } from "@std/assert";
import { inspector } from "@tendril/tendril/inspect";
import * as events from "../../../../runtime/events.ts";
import { Client } from "./client.ts";

/** Which kinds of events somebody listens for. */
function heard(): string[] {
  return ["Spawn", "Switch", "Park", "Wake", "Finish", "Kill", "Blocked", "TaskStart", "TaskEnd"]
    .filter((name) => events[`on${name}` as "onSpawn"] !== null);
}

Deno.test("without a page the inspector hears of ends and tasks only; stopped, of nothing", async () => {
  assertEquals(heard(), []);
  const page = inspector();
  assertEquals(heard(), ["Finish", "Blocked", "TaskStart", "TaskEnd"]);
  {
    await using client = await Client.open(page);
    await client.look();
    assertEquals(heard(), ["Switch", "Park", "Wake", "Finish", "Blocked", "TaskStart", "TaskEnd"]);
  }
  // The connection is closed at the client; the program learns of it when its event loop turns.
  while (events.onSwitch !== null) await new Promise((resolve) => setTimeout(resolve));
  assertEquals(heard(), ["Finish", "Blocked", "TaskStart", "TaskEnd"]);
  await page.stop();
  assertEquals(heard(), []);
});
