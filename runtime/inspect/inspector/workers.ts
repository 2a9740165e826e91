// Copyright 2026 the Tendril authors. MIT license.
/**
 * What workers do: how many tasks each runs and has run.
 *
 * @module
 */
import { listen, type TaskInfo } from "../../events.ts";

/** After this many milliseconds without a task a worker is forgotten. */
const FORGET = 30_000;
/** Workers that are told of. */
const MOST = 64;

/** One worker. */
export interface WorkerUse {
  /** Its name. */
  readonly name: string;
  /** Tasks that were sent to it and have not ended. */
  readonly running: number;
  /** Tasks that have ended. */
  readonly done: number;
  /** What it was sent last. */
  readonly task: string;
}

interface Tally {
  running: Set<number>;
  done: number;
  task: string;
  at: number;
}

/** Keeps account of the tasks of workers. */
export class Workers {
  readonly #tallies = new Map<string, Tally>();
  /** Listens no more. */
  readonly stop: () => void = listen({
    taskStart: (task: TaskInfo) => {
      const tally = this.#tally(task.worker);
      tally.running.add(task.id);
      tally.task = task.name;
    },
    taskEnd: (task: TaskInfo) => {
      const tally = this.#tally(task.worker);
      tally.running.delete(task.id);
      tally.done++;
    },
  });

  #tally(worker: string): Tally {
    let tally = this.#tallies.get(worker);
    if (tally === undefined) {
      tally = { running: new Set(), done: 0, task: "", at: 0 };
      this.#tallies.set(worker, tally);
    }
    tally.at = performance.now();
    return tally;
  }

  /** Those that have work, or had some lately. */
  use(): WorkerUse[] {
    const now = performance.now();
    for (const [name, { running, at }] of this.#tallies) {
      if (running.size === 0 && now - at > FORGET) this.#tallies.delete(name);
    }
    return [...this.#tallies].slice(0, MOST).map(([name, { running, done, task }]) => ({
      name,
      running: running.size,
      done,
      task,
    }));
  }
}
