// Copyright 2026 the Tendril authors. MIT license.
/**
 * Tests of concurrent programs.
 *
 * - {@linkcode virtualTime}: sleeps of hours take no time.
 * - {@linkcode explore}: a scenario under many schedules, and the shortest one in which it fails.
 *
 * @module
 */
export { virtualTime } from "./virtual_time.ts";
export type { VirtualTime, VirtualTimeOptions } from "./virtual_time.ts";
export { explore } from "./explore.ts";
export type { Exploration, ExploreOptions } from "./explore.ts";
export { ExploreError } from "./explore_error.ts";
export type { Scenario } from "./trial.ts";
