// Copyright 2026 the Tendril authors. MIT license.
/**
 * An item that takes more than one turn: it goes on in a greenlet of the worker.
 *
 * @module
 */
import { GreenletExit } from "../errors.ts";
import { addLink, type Fiber, type Link } from "../fiber.ts";
import { Greenlet } from "../greenlet.ts";
import type { Timeout } from "../timeout.ts";
import type { Definition, Loaded } from "./load.ts";
import { greenletJob, type Job } from "./running.ts";

/** Who is told how such an item ends. */
export interface LateHost {
  /** It ended. */
  ended(item: LateItem, failed: boolean, outcome: unknown): void;
  /** It has something to say on its way. */
  reportFor(item: number, value: unknown): void;
}

/** An item that goes on in a greenlet. */
export class LateItem implements Link, Job {
  before: Link | null = null;
  after: Link | null = null;
  readonly greenlet: Greenlet<unknown>;

  constructor(
    readonly server: LateHost,
    readonly item: number,
    readonly limit: Timeout | null,
    readonly definition: Definition,
    body: Loaded,
    args: unknown[],
  ) {
    this.greenlet = new Greenlet(body, { name: definition.name || "task", daemon: true });
    this.greenlet.locals = new Map([[greenletJob, this]]);
    addLink(this.greenlet, this);
    this.greenlet.start(...args);
  }

  ended(fiber: Fiber): void {
    const { inbox } = fiber;
    // A GreenletExit that escapes counts as a value; nobody expects it as the result of a task.
    const failed = fiber.failing || inbox instanceof GreenletExit;
    this.server.ended(this, failed, inbox);
  }

  isCancelled(): boolean {
    return this.greenlet.signal.aborted;
  }

  report(value: unknown): void {
    this.server.reportFor(this.item, value);
  }
}
