// Copyright 2026 the Tendril authors. MIT license.
/**
 * The hub as users see it: error and blocking reports, the clock, statistics.
 *
 * @module
 */
import { type Clock, show } from "./clock.ts";
import type { Fiber } from "./fiber.ts";
import type { Greenlet } from "./greenlet.ts";
import {
  counts,
  getMaxBlockingTime,
  type HubCounts,
  onBlocking,
  setClock,
  setMaxBlockingTime,
  timers,
} from "./hub.ts";
import { setReportHandler } from "./report.ts";
import { activeCount } from "./tree.ts";

/** What {@linkcode Hub.stats} gives. */
export interface HubStats extends HubCounts {
  /** Greenlets that were started and have not ended. */
  alive: number;
}

/** Told of an isolate that was held too long: for how many milliseconds, and who ran meanwhile. */
export type BlockedHandler = (ms: number, suspects: Greenlet<unknown>[]) => void;

/**
 * The scheduler of this isolate.
 *
 * @example Telling errors to somebody else
 * ```ts
 * import { getHub, run, sleep, spawn } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * const hub = getHub();
 * const before = hub.onError;
 * const heard: unknown[] = [];
 * hub.onError = (error) => heard.push(error);
 * await run(function* () {
 *   spawn(() => {
 *     throw "nobody waits for this";
 *   });
 *   yield* sleep(1);
 * });
 * hub.onError = before;
 * assertEquals(heard, ["nobody waits for this"]);
 * ```
 */
export class Hub {
  /**
   * Told of an error that ended a greenlet and that nobody joined or linked by the turn after. The
   * default writes to standard error and makes the exit code 1. What it throws is reported itself.
   */
  onError: (error: unknown, greenlet: Greenlet<unknown>) => void = printError;

  /** Told of a greenlet that held the isolate too long. The default writes to standard error. */
  onBlocked: BlockedHandler = printBlocked;

  /** How long a greenlet may hold the isolate before it is reported, in milliseconds; 0 is off. */
  get maxBlockingTime(): number {
    const ms = getMaxBlockingTime();
    return ms === Infinity ? 0 : ms;
  }
  set maxBlockingTime(ms: number) {
    if (typeof ms !== "number" || !(ms >= 0)) {
      throw new RangeError(
        `Cannot set maxBlockingTime: it must be at least 0 milliseconds, got ${show(ms)}`,
      );
    }
    setMaxBlockingTime(ms === 0 ? Infinity : ms);
  }

  /** Where the time comes from; running timers keep their remaining time when it is changed. */
  get clock(): Clock {
    return timers.clock;
  }
  set clock(clock: Clock) {
    setClock(clock);
  }

  /** The counters of the scheduler at this moment. */
  stats(): HubStats {
    return { ...counts(), alive: activeCount() };
  }
}

const hub = new Hub();

/**
 * The scheduler of this isolate.
 *
 * @example Usage
 * ```ts
 * import { getHub } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(getHub().stats().ready, 0);
 * ```
 */
export function getHub(): Hub {
  return hub;
}

setReportHandler((fiber: Fiber, error: unknown): void => {
  try {
    hub.onError(error, fiber as Greenlet<unknown>);
  } catch (failure) {
    printError(error, fiber as Greenlet<unknown>);
    printError(failure, fiber as Greenlet<unknown>);
  }
});

onBlocking((ms: number, suspects: Fiber[]): void => {
  try {
    hub.onBlocked(ms, suspects as Greenlet<unknown>[]);
  } catch (failure) {
    reportError(failure);
  }
});

function printError(error: unknown, greenlet: Greenlet<unknown>): void {
  Deno.exitCode = 1;
  // deno-lint-ignore no-console -- the documented default
  console.error(`${greenlet.name} failed:`, error);
}

function printBlocked(ms: number, suspects: Greenlet<unknown>[]): void {
  const names = suspects.slice(0, 5).map((each) => each.name).join(", ");
  const more = suspects.length > 5 ? ` or one of ${suspects.length - 5} others` : "";
  const who = suspects.length === 1 ? names : `One of ${names}${more}`;
  // deno-lint-ignore no-console -- the documented default
  console.error(
    `${who} held the isolate for ${
      Math.round(ms)
    } ms: yield in long loops, or move the work to a worker`,
  );
}
