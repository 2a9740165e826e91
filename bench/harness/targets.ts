// Copyright 2026 the Tendril authors. MIT license.
import type { Target } from "./scenario.ts";
import { ratio } from "./statistics.ts";

/** A target on the ratio to a rival, for one case of a scenario. */
export function ratioAtMost(name: string, rival: string, limit: number, text: string): Target {
  return {
    text,
    judge(results) {
      const value = ratio(results, rival, name);
      if (value === undefined) return undefined;
      return { measured: `${value.toPrecision(3)} times ${rival}`, pass: value <= limit };
    },
  };
}
