// Copyright 2026 the Tendril authors. MIT license.
/**
 * Lets a pool hear of what would end its worker without a word: the host tells nobody when a thread ends
 * itself, and of a process only that it has ended, not at which item.
 *
 * @module
 */
import type { Server } from "./server.ts";

/** The global scope of an isolate, of which the types of Deno know only a part. */
interface Scope extends EventTarget {
  close(): void;
}

/** Reports that this isolate ends itself, and errors that nobody caught, which would end it. */
export function reportEnd(server: Server): void {
  const scope = globalThis as unknown as Scope;
  const exit = Deno.exit;
  scope.close = () => server.leave("it closed itself", undefined);
  Deno.exit = (code: number = Deno.exitCode): never => {
    server.leave(`it called Deno.exit(${code})`, code);
    return exit(code);
  };
  scope.addEventListener("error", (event) => {
    event.preventDefault();
    server.stray((event as ErrorEvent).error);
  });
  scope.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    server.stray((event as PromiseRejectionEvent).reason);
  });
}
