// Copyright 2026 the Tendril authors. MIT license.
/**
 * Calls of the host on behalf of a greenlet, and how to tell that there is one.
 *
 * @module
 */
import { currentFrame, outsideGreenlets } from "../async_frame.ts";
import { addExternal } from "../hub.ts";
import { isDriven } from "../io/driven.ts";
import { type Abort, cooperative } from "../io/promise.ts";
import { current } from "../op.ts";
import { type HostFunction, ignore, type Wrap } from "./registry.ts";

/**
 * Whether the code that calls a patched function belongs to a greenlet. It does not, so to speak, when it
 * is `runtime/io` that calls a method of an object it drives itself.
 */
export function insideGreenlet(self?: unknown): boolean {
  if (current === null) {
    const frame = currentFrame();
    if (frame === null || frame.done) return false;
  }
  return self === undefined || !isDriven(self);
}

/**
 * Begins an operation of the host in a greenlet: `start` is called unless the greenlet was killed or
 * given up before, when `onRefusal` is.
 */
export function hostCall<T>(
  verb: string,
  name: string | URL,
  start: () => Promise<T>,
  abort: Abort,
  onRefusal: () => void = ignore,
): Promise<T> {
  const refusal = currentFrame()?.refuse();
  if (refusal) {
    onRefusal();
    const refused = Promise.reject(refusal.error);
    refused.catch(ignore);
    return refused;
  }
  const promise = start();
  if (!(promise instanceof Promise)) return promise;
  addExternal(1); // the hub need not look, between two waits, whether anything can go on
  const exposed = cooperative(verb, name, promise, abort);
  addExternal(-1);
  return exposed;
}

/** What of a function of the host is to be known to make it cooperative. */
export interface Blocking {
  /** What is done, shown in dumps. */
  readonly verb: string;
  /** What it is done to; default: the first argument. */
  // deno-lint-ignore no-explicit-any -- the arguments of any function
  readonly name?: (self: any, args: readonly any[]) => string | URL;
  /** Which argument is an object that may have a signal. */
  readonly signal?: number;
  /** What becomes of a result that comes when nobody waits any more. */
  // deno-lint-ignore no-explicit-any -- the result of any function
  readonly late?: (result: any, self: any) => unknown;
  /** Sees every result before the caller does. */
  // deno-lint-ignore no-explicit-any -- the result of any function
  readonly learn?: (result: any) => unknown;
}

/** Makes a function that returns a promise cooperative in greenlets. */
export function blocking(what: Blocking): Wrap {
  const { verb, name = firstArgument, signal, late, learn } = what;
  return (original: HostFunction): HostFunction =>
    function (this: unknown, ...args: unknown[]): unknown {
      if (!insideGreenlet(this)) {
        const result = Reflect.apply(original, this, args);
        return learn === undefined ? result : learn(result);
      }
      const controller = signal === undefined ? null : new AbortController();
      if (controller !== null) args[signal!] = withSignal(args[signal!], controller.signal);
      let promise: Promise<unknown>;
      const start = () => {
        // Node's functions call Deno's here, patched or not: that is the host's own business.
        promise = outsideGreenlets(() => Reflect.apply(original, this, args));
        return learn === undefined ? promise : promise = learn(promise) as Promise<unknown>;
      };
      const abort = () => {
        controller?.abort();
        if (late !== undefined) promise.then((result) => late(result, this)).catch(ignore);
      };
      return hostCall(verb, name(this, args), start, abort);
    };
}

function firstArgument(_self: unknown, args: readonly unknown[]): string {
  const [first] = args;
  return typeof first === "string" || first instanceof URL ? String(first) : "";
}

/** Options with a signal that is aborted when theirs is, or `signal`. */
export function withSignal(options: unknown, signal: AbortSignal): unknown {
  if (typeof options === "string") return { encoding: options, signal };
  const given = (options as { signal?: AbortSignal } | undefined)?.signal;
  return { ...options as object, signal: given ? AbortSignal.any([given, signal]) : signal };
}
