// Copyright 2026 the Tendril authors. MIT license.
/**
 * OpenTelemetry: a span for each greenlet and each task of a worker, and metrics of the scheduler, through
 * `@opentelemetry/api`. Any provider does; Deno has one built in, which `OTEL_DENO=true` turns on.
 *
 * ```ts
 * import { run, sleep } from "@tendril/tendril";
 * import { instrument } from "@tendril/tendril/otel";
 *
 * using _ = instrument();
 * await run(function* () {
 *   yield* sleep(1);
 * });
 * ```
 *
 * @module
 */
import { listen } from "../events.ts";
import { Metrics } from "./metrics.ts";
import { Spans } from "./spans.ts";

export { contextOf, type SpanContext } from "./spans.ts";

/**
 * Spans and metrics that are being made; {@linkcode instrument} begins it.
 *
 * @example Usage
 * ```ts
 * import { run, sleep } from "@tendril/tendril";
 * import { instrument, type Instrumentation } from "@tendril/tendril/otel";
 *
 * const instrumentation: Instrumentation = instrument();
 * await run(function* () {
 *   yield* sleep(1);
 * });
 * instrumentation.stop();
 * ```
 */
export class Instrumentation implements Disposable {
  readonly #spans = new Spans();
  readonly #metrics = new Metrics();
  readonly #unlisten = [listen(this.#spans), listen(this.#metrics)];

  /** Ends it, and the spans of what has not ended. Again: no effect. */
  stop(): void {
    if (this.#unlisten.length === 0) return;
    for (const unlisten of this.#unlisten.splice(0)) unlisten();
    this.#spans.end();
    this.#metrics.end();
  }

  /** Ends it at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.stop();
  }
}

/**
 * Makes a span for each greenlet that is started from now on and for each task that is sent to a worker, below
 * the span of the greenlet that made it or, outside of greenlets, below the active span; and counts:
 * `tendril.greenlets.started`, `.ended`, `.alive` and `.ready`, `tendril.switches`, `tendril.timers`,
 * `tendril.blocked.duration` and `tendril.tasks.duration`. Call it after the provider was set.
 *
 * @example Usage
 * ```ts
 * import { run, sleep, spawnWith } from "@tendril/tendril";
 * import { instrument } from "@tendril/tendril/otel";
 *
 * using _ = instrument();
 * await run(function* () {
 *   yield* spawnWith({ name: "fetch prices" }, function* () {
 *     yield* sleep(1);
 *   });
 * });
 * ```
 */
export function instrument(): Instrumentation {
  return new Instrumentation();
}
