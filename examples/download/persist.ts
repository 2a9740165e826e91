// Copyright 2026 the Tendril authors. MIT license.
/**
 * Trying again.
 *
 * @module
 */
import { type Coroutine, type Op, retry } from "../../mod.ts";
import type { Downloader } from "./downloader.ts";
import { HttpError, isTransient } from "./errors.ts";
import type { Transfer } from "./transfer.ts";

/** No pause is longer, whatever a server asks for; in milliseconds. */
const LONGEST_PAUSE = 60_000;

/** Tries as often as it may and `worth` says it is worth; a server may say how long to wait. */
export function persist<T>(
  { settings: { retries, retryDelay, onEvent } }: Downloader,
  transfer: Transfer,
  fn: () => Coroutine<T>,
  worth: (error: unknown) => boolean = isTransient,
): Op<T> {
  // Each mirror is worth a try.
  const times = retries + transfer.sources.length;
  return retry(fn, {
    times,
    minDelay: retryDelay,
    maxDelay: Math.max(retryDelay, LONGEST_PAUSE),
    delay: (error) => error instanceof HttpError ? error.retryAfter : undefined,
    when(error, tries) {
      if (!worth(error)) return false;
      if (tries >= times) return true;
      transfer.state = "waiting to retry";
      onEvent({ type: "retry", transfer });
      return true;
    },
  });
}
