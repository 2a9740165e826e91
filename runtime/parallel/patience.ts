// Copyright 2026 the Tendril authors. MIT license.
/**
 * Waiting for something that should happen soon, and giving it up. A timer of an isolate that was held for
 * a while fires before the messages are read that came meanwhile; so the time is cut into slices, with a
 * turn of the event loop after each, and a hold costs one of them at most.
 *
 * @module
 */

/** Into how many parts the time is cut. */
const SLICES = 8;
/** The longest time that a timer of the host can wait, in milliseconds. */
const LONGEST = 2 ** 31 - 1;

// Workers live in real time, whatever clock the program uses.
const { setTimeout, clearTimeout } = globalThis;

/** Calls `callback` after `ms` milliseconds, or more when the isolate is held; gives what takes that back. */
export function giveUpAfter(ms: number, callback: () => void): () => void {
  const slice = Math.min(ms / SLICES, LONGEST);
  let left = ms;
  let timer: ReturnType<typeof setTimeout>;
  const wait = () => {
    timer = setTimeout(() => {
      left -= slice;
      if (left > 0) wait();
      else callback();
    }, slice);
  };
  wait();
  return () => clearTimeout(timer);
}
