// Copyright 2026 the Tendril authors. MIT license.
/**
 * Tells whether this isolate is a worker that imports the module of its first task. A module that starts
 * workers while it is evaluated would do so in each of them, without end.
 *
 * @module
 */

let depth = 0;

/** Calls `load`, and counts as bootstrapping until it is done. */
export async function bootstrap<T>(load: () => Promise<T>): Promise<T> {
  depth++;
  try {
    return await load();
  } finally {
    depth--;
  }
}

/**
 * Called before a worker is started.
 *
 * @throws {Error} While the module of a task is evaluated in a worker.
 */
export function checkBootstrap(): void {
  if (depth === 0) return;
  throw new Deno.errors.WouldBlock(
    "Cannot start a worker while the module of a task is evaluated in a worker: guard the start of " +
      "the program with `if (import.meta.main)`",
  );
}
