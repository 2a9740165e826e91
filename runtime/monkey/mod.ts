// Copyright 2026 the Tendril authors. MIT license.
/**
 * Makes existing code cooperative: after {@linkcode patchAll} the global `fetch`, timers, `WebSocket`, the
 * functions of `Deno` and those of the `node:` modules, called in a greenlet, belong to that greenlet.
 * They are listed in its dump with what they wait for, limited by its Timeouts and ended by its kill.
 * Called outside any greenlet they are what they were.
 *
 * ```ts
 * import { run, spawn } from "@tendril/tendril";
 * import { patchAll } from "@tendril/tendril/monkey";
 *
 * using _ = patchAll();
 *
 * // Some library's, unchanged.
 * async function size(path: string): Promise<number> {
 *   return (await Deno.readTextFile(path)).length;
 * }
 *
 * await run(function* () {
 *   const sizes = ["README.md", "LICENSE"].map((path) => spawn(size, path));
 *   for (const each of sizes) console.log(yield* each);
 * });
 * ```
 *
 * **Where it works.** In an async body, in `until(() => asyncFunction())`, and in whatever these call:
 * there a kill rejects what is awaited. In a generator, `yield*` what a patched function returns. A
 * promise that a generator made and hands to somebody else, as in `until(asyncFunction())`, belongs to
 * nobody.
 *
 * **What ends with the greenlet.** Promises reject with the error of the kill or the Timeout, and the
 * request, file or process behind them is ended, once. A socket of `Deno` at which a killed greenlet waits
 * is closed; one at which a Timeout fired stays open, and what comes in goes to the next who asks. What
 * is driven by callbacks (timers, sockets of `node:net`, requests of `node:http`, processes, WebSockets)
 * belongs to the greenlet whose code made it: a kill or, in an async function, a Timeout ends it, the
 * normal end of the greenlet does not. If a kill took away the timer or socket that an async body waits
 * for, and that tells nobody, the body can never go on: it is let go, and the greenlet ends without it.
 *
 * **What is not reached.** A named import of a `node:` module, such as `import { readFile } from
 * "node:fs/promises"`, is always the host's own function; the default import, `require` and prototypes are
 * reached. So are references taken later, but not those taken earlier (`const f = fetch`); what can be
 * told of those is in a warning, see {@linkcode patchEvents}. Patch first, best by `deno run --preload`
 * with `@tendril/tendril/monkey/auto`.
 *
 * @module
 */
// It keeps the functions of the host, so it has to be there before they are patched.
import "../io/mod.ts";
import "./fetch.ts";
import "./fs.ts";
import "./net.ts";
import "./node_net.ts";
import "./promise.ts";
import "./subprocess.ts";
import "./timers.ts";
import "./web_socket.ts";
import { type Patch, patchWhole } from "./patch.ts";

export {
  getOriginal,
  isPatched,
  type Patch,
  patch,
  patchableNames,
  patchAll,
  type PatchAllOptions,
  PatchEvent,
  patchEvents,
  unpatchAll,
} from "./patch.ts";
export type { Part } from "./registry.ts";

/**
 * Patches the global `fetch`, and the bodies of Responses and Requests.
 *
 * @example Usage
 * ```ts
 * import { dump, run, spawnWith } from "@tendril/tendril";
 * import { listen } from "@tendril/tendril/io";
 * import { patchFetch } from "@tendril/tendril/monkey";
 * import { assertEquals, assertStringIncludes } from "@std/assert";
 *
 * using _ = patchFetch();
 * await run(function* () {
 *   using silent = listen({ hostname: "127.0.0.1", port: 0 });
 *   const url = `http://127.0.0.1:${silent.addr.port}/`;
 *   const client = spawnWith({ name: "client" }, async () => await fetch(url));
 *   yield;
 *   assertStringIncludes(dump(), `client: waits for fetch ${url}`);
 *   assertEquals(yield* client.kill(), true);
 * });
 * ```
 */
export function patchFetch(): Patch {
  return patchWhole("fetch");
}

/**
 * Patches web streams, such as the body of a Response that is read piece by piece.
 *
 * @example Usage
 * ```ts
 * import { run, spawn } from "@tendril/tendril";
 * import { patchStreams } from "@tendril/tendril/monkey";
 * import { assertEquals } from "@std/assert";
 *
 * using _ = patchStreams();
 * await run(function* () {
 *   let cancelled = false;
 *   const silent = new ReadableStream({ cancel: () => void (cancelled = true) });
 *   const reader = spawn(async () => await Array.fromAsync(silent));
 *   yield;
 *   yield* reader.kill();
 *   assertEquals(cancelled, true);
 * });
 * ```
 */
export function patchStreams(): Patch {
  return patchWhole("streams");
}

/**
 * Patches timers: the global ones, `node:timers` and `node:timers/promises`.
 *
 * @example Usage
 * ```ts
 * import { dump, run, spawnWith } from "@tendril/tendril";
 * import { patchTimers } from "@tendril/tendril/monkey";
 * import { assertEquals, assertStringIncludes } from "@std/assert";
 *
 * using _ = patchTimers();
 * await run(function* () {
 *   const rest = spawnWith({ name: "rest" }, async () => {
 *     await new Promise((resolve) => setTimeout(resolve, 60_000));
 *   });
 *   yield;
 *   assertStringIncludes(dump(), "rest: waits for timer of 60000 ms");
 *   assertEquals(yield* rest.kill(), true);
 * });
 * ```
 */
export function patchTimers(): Patch {
  return patchWhole("timers");
}

/**
 * Patches files: the functions of `Deno`, `Deno.FsFile` and `node:fs/promises`.
 *
 * @example Usage
 * ```ts
 * import { run, spawn } from "@tendril/tendril";
 * import { patchFs } from "@tendril/tendril/monkey";
 * import { assert } from "@std/assert";
 *
 * using _ = patchFs();
 *
 * async function size(path: string): Promise<number> {
 *   return (await Deno.readTextFile(path)).length;
 * }
 *
 * await run(function* () {
 *   assert((yield* spawn(size, "README.md")) > 0);
 * });
 * ```
 */
export function patchFs(): Patch {
  return patchWhole("fs");
}

/**
 * Patches sockets and names: those of `Deno`, `node:net`, `node:http` and `node:dns/promises`.
 *
 * @example Usage
 * ```ts
 * import { dump, run, spawnWith } from "@tendril/tendril";
 * import { patchNet } from "@tendril/tendril/monkey";
 * import { assertEquals, assertStringIncludes } from "@std/assert";
 *
 * using _ = patchNet();
 * await run(function* () {
 *   using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
 *   const server = spawnWith({ name: "server" }, async () => await listener.accept());
 *   yield;
 *   assertStringIncludes(dump(), "server: waits for accept");
 *   assertEquals(yield* server.kill(), true);
 * });
 * ```
 */
export function patchNet(): Patch {
  return patchWhole("net");
}

/**
 * Patches processes: `Deno.Command` and `node:child_process`.
 *
 * @example Usage
 * ```ts
 * import { dump, run, spawnWith } from "@tendril/tendril";
 * import { patchSubprocess } from "@tendril/tendril/monkey";
 * import { assertEquals, assertStringIncludes } from "@std/assert";
 *
 * using _ = patchSubprocess();
 * await run(function* () {
 *   const command = new Deno.Command("sleep", { args: ["60"] });
 *   const sleeper = spawnWith({ name: "sleeper" }, async () => await command.output());
 *   yield;
 *   assertStringIncludes(dump(), "sleeper: waits for output of sleep");
 *   assertEquals(yield* sleeper.kill(), true); // which ends the process
 * });
 * ```
 */
export function patchSubprocess(): Patch {
  return patchWhole("subprocess");
}

/**
 * Patches the global `WebSocket`.
 *
 * @example Usage
 * ```ts
 * import { dump, run, spawnWith } from "@tendril/tendril";
 * import { listen } from "@tendril/tendril/io";
 * import { patchWebSocket } from "@tendril/tendril/monkey";
 * import { assertEquals, assertStringIncludes } from "@std/assert";
 *
 * using _ = patchWebSocket();
 * await run(function* () {
 *   using silent = listen({ hostname: "127.0.0.1", port: 0 });
 *   const url = `ws://127.0.0.1:${silent.addr.port}/`;
 *   const client = spawnWith({ name: "client" }, async () => {
 *     const socket = new WebSocket(url);
 *     await new Promise((resolve) => socket.onopen = resolve);
 *   });
 *   yield;
 *   assertStringIncludes(dump(), `client: waits for WebSocket ${url}`);
 *   assertEquals(yield* client.kill(), true); // which closes the socket
 * });
 * ```
 */
export function patchWebSocket(): Patch {
  return patchWhole("webSocket");
}

/**
 * Lets a greenlet `yield*` any promise. At run time only: the types of a package cannot change those of
 * the host, so typed code writes `until(promise)`.
 *
 * @example Usage
 * ```ts
 * import { type Op, run } from "@tendril/tendril";
 * import { patchPromise } from "@tendril/tendril/monkey";
 * import { assertEquals } from "@std/assert";
 *
 * using _ = patchPromise();
 * await run(function* () {
 *   assertEquals(yield* Promise.resolve(7) as unknown as Op<number>, 7);
 * });
 * ```
 */
export function patchPromise(): Patch {
  return patchWhole("promise");
}
