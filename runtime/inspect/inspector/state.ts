// Copyright 2026 the Tendril authors. MIT license.
/**
 * The states of a greenlet in the words of the page.
 *
 * @module
 */
import { ASYNC, QUEUED, READY, RUNNING, SWITCHED, WAITS } from "../../fiber.ts";
import type { Greenlet } from "../../greenlet.ts";

/** What a greenlet does, in the words of the page. */
export type StateName = "running" | "ready" | "waits" | "async" | "switched" | "pending";

/** The states that the page can show alone. */
export const STATE_NAMES: readonly StateName[] = [
  "running",
  "ready",
  "waits",
  "async",
  "switched",
  "pending",
];

/** The state of a greenlet in the words of the page. */
export function stateOf(greenlet: Greenlet<unknown>): StateName {
  switch (greenlet.state) {
    case RUNNING:
      return "running";
    case QUEUED:
    case READY:
      return "ready";
    case WAITS:
      return "waits";
    case SWITCHED:
      return "switched";
    case ASYNC:
      // Its code runs when the host says so; what the runtime knows is what it awaits.
      return greenlet.waits.length > 0 ? "waits" : "async";
    default:
      return "pending";
  }
}
