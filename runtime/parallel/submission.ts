// Copyright 2026 the Tendril authors. MIT license.
/**
 * What is checked before anything is asked of a pool.
 *
 * @module
 */
import { QueueFull } from "../../channels/queue.ts";
import { spawn } from "../spawn.ts";
import { checkArguments, checkTransfer } from "./arguments.ts";
import { type ApplyOptions, type CallOptions, checkOptions, NO_OPTIONS } from "./call_options.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { Profile } from "./profile.ts";

/**
 * Checks that a pool takes work.
 *
 * @throws {PoolClosedError} If it was closed.
 * @throws {BrokenPoolError} If its workers cannot start.
 */
export function checkOpen(dispatcher: Dispatcher, action: string): void {
  const refusal = dispatcher.refusal(action);
  if (refusal !== null) throw refusal;
}

/**
 * Checks that the queue takes another.
 *
 * @throws {QueueFull} If as many wait as may.
 */
export function checkRoom(dispatcher: Dispatcher, most: number): void {
  if (dispatcher.queued < most) return;
  throw new QueueFull(
    `Cannot queue more in "${dispatcher.name}": ${most} calls wait for a worker; wait for some of them`,
  );
}

/**
 * Checks a call before anything is done about it.
 *
 * @throws {TypeError} If the function or an argument cannot be sent.
 */
export function prepare(
  dispatcher: Dispatcher,
  fn: unknown,
  args: readonly unknown[],
  options: ApplyOptions,
): Profile {
  checkOpen(dispatcher, "run anything in the pool");
  const profile = dispatcher.profile("run", fn);
  const { name } = profile.definition;
  checkArguments(name, args);
  if (options === NO_OPTIONS) return profile;
  checkOptions(`run "${name}"`, options);
  if (options.transfer !== undefined) checkTransfer(name, args, options.transfer);
  return profile;
}

/** What the callback throws is reported like the error of a greenlet, and keeps nobody from going on. */
export function guardProgress<O extends CallOptions>(options: O): O {
  const { progress } = options;
  if (progress === undefined) return options;
  const guarded = (value: unknown) => {
    try {
      progress(value);
    } catch (error) {
      spawn(() => {
        throw error;
      });
    }
  };
  return { ...options, progress: guarded };
}
