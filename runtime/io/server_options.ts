// Copyright 2026 the Tendril authors. MIT license.
/**
 * What the servers have in common.
 *
 * @module
 */
import { Pool } from "../group.ts";

/** How long handlers may go on after `stop`, in milliseconds, when nothing else is said; as in gevent. */
export const STOP_TIMEOUT = 1000;

/** The pool that an option `spawn` stands for. */
export function poolFor(spawn: Pool | number | undefined): Pool | undefined {
  return typeof spawn === "number" ? new Pool(spawn) : spawn;
}
