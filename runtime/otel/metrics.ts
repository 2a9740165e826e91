// Copyright 2026 the Tendril authors. MIT license.
/**
 * Numbers about the scheduler and the workers.
 *
 * @module
 */
import { type Meter, metrics, type Observable, type ObservableCallback } from "@opentelemetry/api";
import { GreenletExit } from "../errors.ts";
import type { Failure, Listener, TaskInfo } from "../events.ts";
import type { Greenlet } from "../greenlet.ts";
import { counts } from "../hub.ts";
import { activeCount } from "../tree.ts";

/** Listens to greenlets and tasks and counts them. */
export class Metrics implements Listener {
  readonly #meter: Meter = metrics.getMeter("@tendril/tendril");
  readonly #started = this.#meter.createCounter("tendril.greenlets.started", {
    description: "Greenlets that were started",
  });
  readonly #ended = this.#meter.createCounter("tendril.greenlets.ended", {
    description: "Greenlets that have ended, by outcome: ok, error or killed",
  });
  readonly #blocked = this.#meter.createHistogram("tendril.blocked.duration", {
    description: "How long the isolate was held, where that was too long",
    unit: "ms",
  });
  readonly #tasks = this.#meter.createHistogram("tendril.tasks.duration", {
    description: "How long tasks were at workers, by function and outcome: ok or error",
    unit: "ms",
  });
  readonly #sent = new Map<TaskInfo, number>();
  readonly #watched: [Observable, ObservableCallback][] = [];

  constructor() {
    const gauge = (name: string, description: string, read: () => number) =>
      this.#watch(this.#meter.createObservableGauge(name, { description }), read);
    gauge("tendril.greenlets.alive", "Greenlets that have not ended", activeCount);
    gauge("tendril.greenlets.ready", "Greenlets that are ready to run", () => counts().ready);
    gauge("tendril.timers", "Timers that are waiting", () => counts().timers);
    const description = "How often a greenlet was resumed";
    const switches = this.#meter.createObservableCounter("tendril.switches", { description });
    this.#watch(switches, () => counts().switches);
  }

  #watch(observable: Observable, read: () => number): void {
    const callback: ObservableCallback = (result) => result.observe(read());
    observable.addCallback(callback);
    this.#watched.push([observable, callback]);
  }

  /** Part of `Listener`. */
  spawn(): void {
    this.#started.add(1);
  }

  /** Part of `Listener`. */
  finish(_greenlet: Greenlet<unknown>, failed: boolean, result: unknown): void {
    const outcome = failed ? "error" : result instanceof GreenletExit ? "killed" : "ok";
    this.#ended.add(1, { "tendril.outcome": outcome });
  }

  /** Part of `Listener`. */
  blocked(ms: number): void {
    this.#blocked.record(ms);
  }

  /** Part of `Listener`. */
  taskStart(task: TaskInfo): void {
    this.#sent.set(task, performance.now());
  }

  /** Part of `Listener`. */
  taskEnd(task: TaskInfo, failure: Failure | null): void {
    const sent = this.#sent.get(task);
    if (sent === undefined) return;
    this.#sent.delete(task);
    this.#tasks.record(performance.now() - sent, {
      "tendril.task": task.name,
      "tendril.outcome": failure === null ? "ok" : "error",
    });
  }

  /** Counts no more. */
  end(): void {
    for (const [observable, callback] of this.#watched) observable.removeCallback(callback);
  }
}
