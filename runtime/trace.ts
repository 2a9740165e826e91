// Copyright 2026 the Tendril authors. MIT license.
/**
 * A hook that sees every switch.
 *
 * @module
 */
import type { Fiber } from "./fiber.ts";
import { notCallable } from "./body.ts";
import { type Greenlet, mainGreenlet } from "./greenlet.ts";
import { traceSwitches } from "./trampoline.ts";

/** Called after each switch, when `target` is current; the hub and the program are `mainGreenlet`. */
export type Tracer = (
  event: "switch" | "throw",
  args: { origin: Greenlet<unknown>; target: Greenlet<unknown> },
) => void;

let tracer: Tracer | null = null;

/**
 * Sets the hook that sees every switch, as greenlet's `settrace`, and gives the one before. An error
 * it throws takes it away and is raised in the target.
 *
 * @example Usage
 * ```ts
 * import { Greenlet, settrace } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * const events: string[] = [];
 * settrace((event) => events.push(event));
 * new Greenlet(() => {}).switch();
 * settrace(null);
 * assertEquals(events, ["switch", "switch"]);
 * ```
 *
 * @throws {TypeError} If it is neither a function nor null.
 */
export function settrace(callback: Tracer | null): Tracer | null {
  if (callback !== null && typeof callback !== "function") {
    throw notCallable("trace with", callback);
  }
  const before = gettrace();
  tracer = callback;
  traceSwitches(callback === null ? null : report);
  return before;
}

/**
 * The hook that sees every switch, `null` when there is none.
 *
 * @example Usage
 * ```ts
 * import { gettrace } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(gettrace(), null);
 * ```
 */
export function gettrace(): Tracer | null {
  return tracer;
}

function report(failed: boolean, origin: Fiber | null, target: Fiber | null): void {
  try {
    tracer!(failed ? "throw" : "switch", {
      origin: (origin ?? mainGreenlet) as Greenlet<unknown>,
      target: (target ?? mainGreenlet) as Greenlet<unknown>,
    });
  } catch (error) {
    tracer = null;
    throw error;
  }
}
