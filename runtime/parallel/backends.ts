// Copyright 2026 the Tendril authors. MIT license.
/**
 * What workers can run on.
 *
 * @module
 */
import { show } from "../clock.ts";
import "./known_errors.ts";
import { connectInline } from "./inline_backend.ts";
import type { BackendName, Connect } from "./link.ts";
import { connectProcess } from "./process_backend.ts";
import { connectWorker } from "./worker_backend.ts";

/**
 * How to start a worker of this kind; `flags` are for the processes of the backend "process".
 *
 * @throws {TypeError} If there is no such kind.
 */
export function connectTo(name: BackendName, flags?: string[]): Connect {
  switch (name) {
    case "worker":
      return connectWorker;
    case "inline":
      return connectInline;
    case "process":
      return (start, listener) => connectProcess(start, listener, flags);
  }
  throw new TypeError(
    `Cannot use the backend ${show(name)}: it must be "worker", "process" or "inline"`,
  );
}
