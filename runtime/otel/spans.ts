// Copyright 2026 the Tendril authors. MIT license.
/**
 * A span for each greenlet and for each task of a worker, below the span of the greenlet that made it.
 *
 * Invariant: there is a span for each greenlet that was started since and has not ended. Each is ended once.
 *
 * @module
 */
import { context, type Span, SpanStatusCode, trace } from "@opentelemetry/api";
import { GreenletExit } from "../errors.ts";
import type { Failure, Listener, TaskInfo } from "../events.ts";
import { getCurrent, type Greenlet } from "../greenlet.ts";

/** The `Context` of `@opentelemetry/api`, which `Tracer.startSpan` takes for a new span. */
export interface SpanContext {
  /** Gives what was stored under a key. */
  getValue(key: symbol): unknown;
  /** Gives a context that has another value under a key. */
  setValue(key: symbol, value: unknown): SpanContext;
  /** Gives a context without that key. */
  deleteValue(key: symbol): SpanContext;
}

/** Those who listen, the last one last. */
const all: Spans[] = [];

/**
 * The context whose span is that of a greenlet, for spans of one's own that belong below it; the active
 * context when the greenlet has no span.
 *
 * @example Usage
 * ```ts
 * import { contextOf } from "@tendril/tendril/otel";
 * import { trace } from "@opentelemetry/api";
 *
 * const span = trace.getTracer("mine").startSpan("parse", {}, contextOf());
 * span.end();
 * ```
 *
 * @param greenlet The greenlet; default: the one that runs.
 */
export function contextOf(greenlet: Greenlet<unknown> = getCurrent()): SpanContext {
  return all.at(-1)?.contextOf(greenlet) ?? context.active();
}

/** Listens to greenlets and tasks and makes spans of them. */
export class Spans implements Listener {
  readonly #tracer = trace.getTracer("@tendril/tendril");
  readonly #open = new Map<Greenlet<unknown>, Span>();
  readonly #tasks = new Map<TaskInfo, Span>();

  constructor() {
    all.push(this);
  }

  /** The context for what a greenlet makes; null is the program outside of any. */
  contextOf(greenlet: Greenlet<unknown> | null): SpanContext {
    const span = greenlet === null ? undefined : this.#open.get(greenlet);
    return span === undefined ? context.active() : trace.setSpan(context.active(), span);
  }

  /** Part of `Listener`. */
  spawn(greenlet: Greenlet<unknown>): void {
    const attributes = { "tendril.greenlet.id": greenlet.id };
    const parent = this.contextOf(greenlet.spawningGreenlet);
    this.#open.set(greenlet, this.#tracer.startSpan(nameOf(greenlet), { attributes }, parent));
  }

  /** Part of `Listener`. */
  kill(greenlet: Greenlet<unknown>, error: unknown): void {
    this.#open.get(greenlet)?.addEvent("kill", { "tendril.kill.reason": String(error) });
  }

  /** Part of `Listener`. */
  finish(greenlet: Greenlet<unknown>, failed: boolean, outcome: unknown): void {
    const span = this.#open.get(greenlet);
    if (span === undefined) return;
    this.#open.delete(greenlet);
    span.updateName(nameOf(greenlet)); // it may have been named after its start
    if (failed) fail(span, outcome);
    span.setAttribute("tendril.greenlet.killed", outcome instanceof GreenletExit);
    span.end();
  }

  /** Part of `Listener`. */
  taskStart(task: TaskInfo): void {
    const attributes = { "tendril.task.worker": task.worker, "tendril.task.items": task.items };
    const name = task.name || "task";
    const parent = this.contextOf(task.caller as Greenlet<unknown> | null);
    this.#tasks.set(task, this.#tracer.startSpan(name, { attributes }, parent));
  }

  /** Part of `Listener`. */
  taskEnd(task: TaskInfo, failure: Failure | null): void {
    const span = this.#tasks.get(task);
    if (span === undefined) return;
    this.#tasks.delete(task);
    if (failure !== null) fail(span, failure.error);
    span.end();
  }

  /** Ends the spans of what has not ended. */
  end(): void {
    all.splice(all.indexOf(this), 1);
    for (const span of [...this.#open.values(), ...this.#tasks.values()]) span.end();
    this.#open.clear();
    this.#tasks.clear();
  }
}

/** Its own name, or that of what it runs: numbers in names would make each span one of a kind. */
function nameOf(greenlet: Greenlet<unknown>): string {
  return greenlet.extra?.name ?? (greenlet.body?.name || "greenlet");
}

function fail(span: Span, error: unknown): void {
  span.recordException(error instanceof Error ? error : String(error));
  span.setStatus({ code: SpanStatusCode.ERROR, message: String(error) });
}
