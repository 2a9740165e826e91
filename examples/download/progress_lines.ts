// Copyright 2026 the Tendril authors. MIT license.
/**
 * Progress where there is no terminal: a plain line every few seconds.
 *
 * @module
 */
import { type Coroutine, sleep } from "../../mod.ts";
import { type Progress, seconds, size } from "./progress.ts";

/** The first line comes soon, so that a log shows that something goes on. */
const FIRST = 200;
const INTERVAL = 2000;

/** Writes lines to standard error until it is killed. */
export function* showLines(progress: Progress): Coroutine<void> {
  for (let pause = FIRST;; pause = INTERVAL) {
    yield* sleep(pause);
    const { done, failed, total, active, retries, received, elapsed } = progress;
    const parts = [
      `${done} of ${total} files`,
      size(received),
      `${active.size} active`,
      `${retries} retries`,
      seconds(elapsed),
    ];
    if (failed > 0) parts.splice(1, 0, `${failed} failed`);
    console.error(parts.join(", "));
  }
}
