// Copyright 2026 the Tendril authors. MIT license.
/**
 * Patches everything when it is imported, for scripts that are not to be changed:
 *
 * ```sh
 * deno run --preload jsr:@tendril/tendril/monkey/auto script.ts
 * ```
 *
 * A preloaded module runs before the script, in the main isolate only: workers import it themselves.
 *
 * @module
 */
import { patchAll } from "./mod.ts";

patchAll();
