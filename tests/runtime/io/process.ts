// Copyright 2026 the Tendril authors. MIT license.
// Processes for tests.

import { Popen, type ProcessOptions } from "@tendril/tendril/io";

/** Runs a script of the shell. */
export function shell(script: string, options?: ProcessOptions): Popen {
  return new Popen(["sh", "-c", script], options);
}

/** A script that says it is ready, and "not yet" to each SIGTERM, and never ends. */
export const STUBBORN = 'trap "echo not yet" TERM; echo ready; while true; do sleep 0.05; done';

/** Whether there is a process with this id, be it a zombie. */
export function isAlive(pid: number): boolean {
  try {
    Deno.statSync(`/proc/${pid}`);
    return true;
  } catch {
    return false;
  }
}
