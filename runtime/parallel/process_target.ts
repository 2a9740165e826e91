// Copyright 2026 the Tendril authors. MIT license.
/**
 * What a Process runs in its worker: the target, and every greenlet that it leaves behind.
 *
 * @module
 */
import { run } from "../run.ts";
import { clarify, type Definition, load } from "./load.ts";
import { bootstrap } from "./bootstrap.ts";

/** Runs a function and waits for all that it spawned. */
export async function runTarget(definition: Definition, args: unknown[]): Promise<void> {
  const target = await bootstrap(() => load(definition));
  try {
    await run(target, ...args);
  } catch (error) {
    throw clarify(error, definition);
  }
}
