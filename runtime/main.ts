// Copyright 2026 the Tendril authors. MIT license.
/**
 * `main`: `run` with the manners of a script.
 *
 * @module
 */
import { GreenletExit } from "./errors.ts";
import { notCallable, type Runnable } from "./body.ts";
import { Root } from "./run.ts";

/** The exit codes a shell knows for programs that a signal ended. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;
type EndingSignal = keyof typeof EXIT_CODES;

/** Adds a listener; `SIGTERM` does not exist everywhere. */
function listen(signal: EndingSignal, handler: () => void): () => void {
  try {
    Deno.addSignalListener(signal, handler);
  } catch (error) {
    if (signal === "SIGINT") throw error;
    return () => {};
  }
  return () => Deno.removeSignalListener(signal, handler);
}

/**
 * Runs `fn(...args)` as the whole of a script. SIGINT (Ctrl-C) and SIGTERM kill every greenlet,
 * `finally` blocks run, and the process ends with code 130 or 143; a second signal ends it at once.
 * An error is printed once, with the name of the greenlet, and the process ends with code 1.
 *
 * @example Usage
 * ```ts
 * import { main, sleep } from "@tendril/tendril";
 *
 * await main(function* () {
 *   yield* sleep(1);
 * });
 * ```
 *
 * @throws {TypeError} If `fn` is no function.
 */
export async function main<A extends unknown[], T>(fn: Runnable<A, T>, ...args: A): Promise<void> {
  if (typeof fn !== "function") throw notCallable("run", fn);
  const root = new Root(fn as Runnable<unknown[], T>, args, true);
  root.greenlet.name = fn.name || "main";
  let ending: EndingSignal | null = null;
  const end = (signal: EndingSignal) => () => {
    if (ending !== null) Deno.exit(EXIT_CODES[signal]);
    ending = signal;
    root.abort(new GreenletExit(`The program was ended by ${signal}`));
  };
  const stop = (Object.keys(EXIT_CODES) as EndingSignal[]).map((signal) =>
    listen(signal, end(signal))
  );
  try {
    await root.promise;
  } catch (error) {
    if (ending !== null) Deno.exit(EXIT_CODES[ending]);
    // deno-lint-ignore no-console -- a script's last word
    console.error(`${root.greenlet.name} failed:`, error);
    Deno.exit(1);
  } finally {
    for (const unlisten of stop) unlisten();
  }
}
