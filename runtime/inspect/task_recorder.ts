// Copyright 2026 the Tendril authors. MIT license.
/**
 * The part of a trace that is about workers: a row for each, with a slice for each task.
 *
 * Invariant: tasks of one row follow one another. Those that wait, so that the worker runs others meanwhile,
 * are written as async slices.
 *
 * @module
 */
import type { Failure, Listener, TaskInfo } from "../events.ts";
import type { Greenlet } from "../greenlet.ts";
import { Budget } from "./budget.ts";
import { clock } from "./recorder.ts";
import type { TraceFile } from "./trace_file.ts";
import { asyncSlice, nameGroup, nameRow, type Row, slice } from "./trace_json.ts";

/** The group of rows of workers. */
const GROUP = 2;

/** Listens to tasks and writes a trace of them. */
export class TaskRecorder implements Listener {
  readonly #file: TraceFile;
  readonly #budget = new Budget(clock);
  readonly #rows = new Map<string, Row & { busyUntil: number }>();
  readonly #sent = new Map<TaskInfo, number>();

  /** Makes one that writes to `file`. */
  constructor(file: TraceFile) {
    this.#file = file;
  }

  #row(worker: string): Row & { busyUntil: number } {
    let row = this.#rows.get(worker);
    if (row === undefined) {
      if (this.#rows.size === 0) this.#file.add(nameGroup(GROUP, '"workers"'));
      row = { pid: GROUP, tid: this.#rows.size + 1, busyUntil: 0 };
      this.#rows.set(worker, row);
      this.#file.add(nameRow(row, JSON.stringify(worker)));
    }
    return row;
  }

  /** Part of `Listener`. */
  taskStart(task: TaskInfo): void {
    if (this.#budget.take()) this.#sent.set(task, clock());
  }

  /** Part of `Listener`. */
  taskEnd(task: TaskInfo, failure: Failure | null): void {
    const sent = this.#sent.get(task);
    if (sent === undefined) return;
    this.#sent.delete(task);
    this.#draw(task, sent, failure === null ? undefined : String(failure.error));
  }

  #draw(task: TaskInfo, sent: number, error?: string): void {
    const row = this.#row(task.worker);
    const now = clock();
    const { id, items } = task;
    const caller = (task.caller as Greenlet<unknown> | null)?.name;
    const args = JSON.stringify({ caller, items: items > 1 ? items : undefined, error });
    const name = JSON.stringify(task.name || "task");
    // It may have waited for the end of the one before it in the same worker.
    const event = task.late
      ? asyncSlice(row, "task", name, id, sent, now, args)
      : slice(row, "task", name, Math.max(sent, row.busyUntil), now, args);
    if (!task.late) row.busyUntil = now;
    this.#budget.spend(event);
    this.#file.add(event);
  }

  /** Draws what has not ended. */
  end(): void {
    for (const [task, sent] of this.#sent) this.#draw(task, sent);
    this.#sent.clear();
  }
}
