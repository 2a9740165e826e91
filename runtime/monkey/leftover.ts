// Copyright 2026 the Tendril authors. MIT license.
/**
 * Waits for something to come in (bytes, a connection, a datagram, a chunk), which the host cannot take
 * back once begun.
 *
 * Killed, the greenlet will never ask again, and code that knows nothing of kills has lost its place:
 * what it reads from is closed, so that the other end sees it. Timed out, it may ask again: what comes
 * in then is a leftover, and goes to the next who asks, so that nothing is lost. Of files, which have no
 * other end, the latter holds in any case.
 *
 * @module
 */
import { outsideGreenlets } from "../async_frame.ts";
import { getCurrent, type Greenlet } from "../greenlet.ts";
import { KILLED } from "../raw_greenlet.ts";
import { hostCall, insideGreenlet } from "./call.ts";
import { type HostFunction, ignore, type Wrap } from "./registry.ts";

/** An operation of the host that nobody waits for, and the buffer it was begun with. */
interface Leftover {
  readonly promise: Promise<unknown>;
  readonly buffer: Uint8Array | undefined;
}

const leftovers = new WeakMap<object, Leftover>();

/** What is to be known of a method that waits for something to come in. */
export interface Intake<S extends object> {
  /** What is done, shown in dumps. */
  readonly verb: string;
  /** What it is done to. */
  readonly name: (self: S) => string;
  /** Ends the object after a kill, if anybody sees that; its own `close` may be called all the same. */
  readonly close?: (self: S) => void;
  /** Whether it fills the buffer it is given, and gives how much of it. */
  readonly fills?: boolean;
}

/** Makes a method that waits for something to come in cooperative in greenlets. */
export function intake<S extends object>(what: Intake<S>): Wrap {
  const { verb, name, close, fills = false } = what;
  return (original: HostFunction): HostFunction =>
    function (this: S, ...args: unknown[]): unknown {
      const buffer = fills ? args[0] as Uint8Array : undefined;
      let left: Leftover | undefined;
      const begin = (): Promise<unknown> => {
        left = leftovers.get(this);
        if (left === undefined) return Reflect.apply(original, this, args);
        leftovers.delete(this);
        return buffer === undefined ? left.promise : refill(this, left, buffer, () => isGivenUp);
      };
      let isGivenUp = false;
      if (buffer?.length === 0) return Reflect.apply(original, this, args);
      if (!insideGreenlet(this)) return begin();
      const greenlet = getCurrent();
      let promise: Promise<unknown> | null = null;
      const giveUp = () => {
        isGivenUp = true;
        promise?.catch(ignore);
        if (close !== undefined && isKilled(greenlet)) close(this);
        else if (promise !== null) leftovers.set(this, left ?? { promise, buffer });
      };
      return hostCall(verb, name(this), () => promise = begin(), giveUp, giveUp);
    };
}

/** Whether a greenlet gives up because it was killed. */
export function isKilled(greenlet: Greenlet<unknown>): boolean {
  return (greenlet.flags & KILLED) !== 0;
}

/** Copies what comes in for a buffer that was given up; what has no room is left for the next. */
async function refill(
  self: object,
  left: Leftover,
  buffer: Uint8Array,
  isGivenUp: () => boolean,
): Promise<unknown> {
  const count = await left.promise as number | null;
  if (count === null || isGivenUp()) return count;
  const bytes = left.buffer!.subarray(0, count);
  const fitting = bytes.subarray(0, buffer.length);
  buffer.set(fitting);
  const rest = bytes.slice(fitting.length);
  if (rest.length > 0) {
    leftovers.set(self, { promise: Promise.resolve(rest.length), buffer: rest });
  }
  return fitting.length;
}

/** Makes what an iterator gives cooperative; `close` ends it after a kill. */
export function cooperativeIterator<I extends { next: HostFunction }>(
  verb: string,
  name: string,
  iterator: I,
  close: () => void,
): I {
  const { next } = iterator;
  const step = (...args: unknown[]) => outsideGreenlets(() => Reflect.apply(next, iterator, args));
  iterator.next = intake({ verb, name: () => name, close })(step);
  return iterator;
}

/** Closes an object of the host whose `close` may not be called twice, so that it may. */
export function closeOnce(self: { close(): void }): void {
  const { close } = self;
  Object.defineProperty(self, "close", { value: ignore, configurable: true });
  try {
    close.call(self);
  } catch {
    // It was closed already.
  }
}
