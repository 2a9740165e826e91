// Copyright 2026 the Tendril authors. MIT license.
// What the workers of the transport tests do.

import { SharedQueue } from "@tendril/tendril/parallel";

/** Shows what it got, and sends it back. */
export function look(handles: Record<string, unknown>): unknown {
  const shown = Object.entries(handles).map(([key, handle]) => [key, Deno.inspect(handle)]);
  return [handles, Object.fromEntries(shown)];
}

let kept: unknown;

/** Keeps a handle. */
export function keep(handle: unknown): void {
  kept = handle;
}

/** Tells whether it got the same one again. */
export function isKept([handle]: unknown[]): boolean {
  return handle === kept;
}

/** Makes a queue. */
export function make(): SharedQueue<string> {
  return new SharedQueue<string>();
}

/** Gets from one. */
export function getSync(queue: SharedQueue<string>): string {
  return queue.getSync();
}
