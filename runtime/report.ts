// Copyright 2026 the Tendril authors. MIT license.
/**
 * Errors nobody looked at: reported once, a turn after the greenlet's death, so that whoever was
 * about to join it has had the time to.
 *
 * @module
 */
import type { Fiber } from "./fiber.ts";
import { nextTurn } from "./hub.ts";

let waiting: Fiber[] = [];
let handler: (fiber: Fiber, error: unknown) => void = () => {};

/** Sets who is told. */
export function setReportHandler(handle: (fiber: Fiber, error: unknown) => void): void {
  handler = handle;
}

/** Reports how `fiber` ended, unless somebody looks at it by the next turn. */
export function reportLater(fiber: Fiber): void {
  if (waiting.push(fiber) === 1) nextTurn(flushReports);
}

/** Reports now what is still unseen. */
export function flushReports(): void {
  const fibers = waiting;
  waiting = [];
  for (const fiber of fibers) {
    if (fiber.observed) continue;
    fiber.observed = true;
    handler(fiber, fiber.inbox);
  }
}
