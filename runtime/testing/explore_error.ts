// Copyright 2026 the Tendril authors. MIT license.
/** A scenario failed in a schedule. Its `cause` is what went wrong. */
export class ExploreError extends Error {
  /** The class name, so that logs and serialised errors show it. */
  override name = "ExploreError";
  /** Replays the schedule when it is given to {@linkcode explore}. */
  readonly seed: string;
  /** What happened in the schedule, a line a turn. */
  readonly trace: readonly string[];
  /** How many schedules were tried until it failed. */
  readonly schedules: number;

  /** @internal */
  constructor(message: string, cause: unknown, seed: string, trace: string[], schedules: number) {
    super(message, { cause });
    this.seed = seed;
    this.trace = trace;
    this.schedules = schedules;
  }
}
