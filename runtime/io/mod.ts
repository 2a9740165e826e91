// Copyright 2026 the Tendril authors. MIT license.
/**
 * Cooperative IO under the usual names. What these functions return is a real promise that a greenlet
 * can also `yield*`; when the greenlet that waits is killed or timed out, the operation is ended.
 *
 * ```ts
 * import { run } from "@tendril/tendril";
 * import { readTextFile } from "@tendril/tendril/io";
 *
 * const size = await run(function* () {
 *   return (yield* readTextFile("README.md")).length;
 * });
 * console.log(size > 0);
 * ```
 *
 * @module
 */
export { CooperativeResponse, fetch } from "./fetch.ts";
export {
  File,
  makeTempDir,
  mkdir,
  open,
  type Path,
  readFile,
  readTextFile,
  remove,
  rename,
  stat,
  writeFile,
  writeTextFile,
} from "./fs.ts";
export type { IoPromise } from "./promise.ts";
export { HttpServer, type RequestHandler, serve, type ServeOptions } from "./serve.ts";
export { AS_OP, type OpSource } from "../until.ts";
