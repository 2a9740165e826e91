// Copyright 2026 the Tendril authors. MIT license.
import type { Deviation } from "./course.ts";

/**
 * Leaves deviations out, many at a time and then one by one, as long as it still fails (delta debugging).
 *
 * @param deviations Those of a schedule that fails.
 * @param attempt Tries a schedule; gives the deviations it really had if it fails, else `null`.
 * @param mayGoOn Whether there is time for another attempt.
 * @returns The deviations of a schedule that fails, none of which can be left out if there was time.
 */
export async function shrink(
  deviations: readonly Deviation[],
  attempt: (deviations: readonly Deviation[]) => Promise<readonly Deviation[] | null>,
  mayGoOn: () => boolean,
): Promise<readonly Deviation[]> {
  let least = deviations;
  for (let size = least.length; size > 0;) {
    let found = false;
    // From the end: what is left out there changes nothing before it.
    for (let end = least.length; end > 0 && mayGoOn();) {
      const start = Math.max(0, end - size);
      const fails = await attempt(least.toSpliced(start, end - start));
      if (fails !== null && fails.length < least.length) {
        found = true;
        least = fails;
        end = Math.min(start, least.length);
      } else end = start;
    }
    // One by one until there is nothing to be found: to leave one out may make another needless.
    if (size > 1 || !found) size >>= 1;
  }
  return least;
}
