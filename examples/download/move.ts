// Copyright 2026 the Tendril authors. MIT license.
/**
 * Moving the body of an answer into a file, and giving up when it comes too slowly.
 *
 * @module
 */
import { call, type Coroutine, race, sleep, until, withTimeout } from "../../mod.ts";
import type { CooperativeResponse } from "../../runtime/io/mod.ts";
import type { Downloader } from "./downloader.ts";
import { LimitError } from "./errors.ts";
import type { Settings } from "./options.ts";
import type { Throttle } from "./throttle.ts";
import type { Transfer } from "./transfer.ts";

/** How often it is looked how far a body is, at least; in milliseconds. */
const INTERVAL = 250;

/** Moves the body to the place where the file stands, up to its end. */
export function* move(
  { settings, throttle }: Downloader,
  transfer: Transfer,
  response: CooperativeResponse,
  file: Deno.FsFile,
): Coroutine<void> {
  const start = positionOf(file);
  const count = () => positionOf(file) - start;
  transfer.counters.add(count);
  try {
    yield* (throttle === undefined
      ? moveFast(transfer, response, file, settings)
      : moveSlowly(throttle, response, file, settings));
  } finally {
    transfer.counters.delete(count);
    transfer.settled += count();
  }
}

/** Where a file stands. Also while the host writes to it, which it does without telling. */
export function positionOf(file: Deno.FsFile): number {
  return file.seekSync(0, Deno.SeekMode.Current);
}

/** The host moves the bytes from the socket to the file; they never become objects here. */
function* moveFast(
  transfer: Transfer,
  response: CooperativeResponse,
  file: Deno.FsFile,
  settings: Settings,
): Coroutine<void> {
  if (response.body === null) return;
  // The file stays open: what has arrived counts, also when the rest does not.
  const piping = response.pipeTo(file.writable, { preventClose: true, preventAbort: true });
  try {
    yield* race([piping, call(watch(transfer, file, settings))]);
  } finally {
    // A write that is under way must not fall into what comes next.
    yield* until(Promise.allSettled([piping]));
  }
}

/** Ends with an error when less than `minSpeed`, or nothing, has arrived over `stallTimeout`. */
function* watch(
  transfer: Transfer,
  file: Deno.FsFile,
  settings: Settings,
): Coroutine<never> {
  const { stallTimeout, onEvent } = settings;
  const looks = Math.max(4, Math.ceil(stallTimeout / INTERVAL));
  const positions = [positionOf(file)];
  for (;;) {
    yield* sleep(stallTimeout / looks);
    const now = positionOf(file);
    positions.push(now);
    if (positions.length > looks) checkSpeed(now - positions.shift()!, settings);
    onEvent({ type: "progress", transfer });
  }
}

function checkSpeed(bytes: number, { stallTimeout, minSpeed }: Settings): void {
  if (bytes === 0) throw new LimitError(`Nothing arrived for ${stallTimeout} ms (stall-timeout)`);
  if (bytes >= minSpeed * stallTimeout / 1000) return;
  const speed = Math.round(bytes / stallTimeout * 1000);
  throw new LimitError(`It was too slow: ${speed} bytes/s over ${stallTimeout} ms (min-speed)`);
}

/** Where speed is limited the bytes have to come by; only the time that the network takes counts. */
function* moveSlowly(
  throttle: Throttle,
  response: CooperativeResponse,
  file: Deno.FsFile,
  settings: Settings,
): Coroutine<void> {
  const { body } = response;
  if (body === null) return;
  let waited = 0;
  let arrived = 0;
  for (;;) {
    const asked = performance.now();
    const piece = yield* withTimeout(
      settings.stallTimeout,
      body.read(),
      { value: undefined },
    );
    waited += performance.now() - asked;
    arrived += piece?.length ?? 0;
    if (waited >= settings.stallTimeout) {
      checkSpeed(arrived, settings);
      waited = arrived = 0;
    }
    if (piece === undefined) checkSpeed(0, settings);
    if (!piece) return;
    for (let at = 0; at < piece.length;) at += file.writeSync(piece.subarray(at));
    yield* throttle.pass(piece.length);
  }
}
