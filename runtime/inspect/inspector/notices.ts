// Copyright 2026 the Tendril authors. MIT license.
/**
 * What somebody who looks at a program should be told of: failures, who held the isolate, deadlocks.
 *
 * @module
 */
import { DeadlockError } from "../../errors.ts";
import { listen, type Listener } from "../../events.ts";
import type { Greenlet } from "../../greenlet.ts";
import { cut, mention } from "./rows.ts";

/** Notices that are kept for a page that opens later. */
const KEPT = 100;

/** One thing to be told. */
export interface Notice {
  /** When, in milliseconds since 1970. */
  readonly at: number;
  /** What kind of thing. */
  readonly kind: "failed" | "blocked" | "deadlock" | "killed";
  /** What happened, in a sentence. */
  readonly text: string;
}

/** Gathers notices and counts ends. */
export class Notices {
  /** The latest, oldest first. */
  readonly recent: Notice[] = [];
  /** How many greenlets ended, and how many of them with an error. */
  readonly ended = { all: 0, failed: 0 };
  /** How many notices there were. */
  count = 0;
  readonly #whenUrgent: () => void;
  readonly #stop: () => void;

  readonly #listener: Listener = {
    finish: (greenlet: Greenlet<unknown>, failed: boolean, outcome: unknown) => {
      this.ended.all++;
      if (failed) this.#failed(greenlet, outcome);
    },
    blocked: (ms: number, suspects: Greenlet<unknown>[]) => {
      const names = suspects.slice(0, 3).map((each) => mention(each).name).join(", ");
      const who = suspects.length === 1 ? names : `One of ${suspects.length} (${names}, …)`;
      this.add("blocked", `${who} held the isolate for ${Math.round(ms)} ms`);
    },
  };

  /** Begins to listen; calls `whenUrgent` when the program may be about to die of something. */
  constructor(whenUrgent: () => void) {
    this.#whenUrgent = whenUrgent;
    this.#stop = listen(this.#listener);
  }

  #failed(greenlet: Greenlet<unknown>, error: unknown): void {
    this.ended.failed++;
    if (error instanceof DeadlockError) {
      this.add("deadlock", error.message);
      this.#whenUrgent();
    } else {
      const what = cut(() => error instanceof Error ? `${error.name}: ${error.message}` : error);
      this.add("failed", `${mention(greenlet).name} failed: ${what}`);
    }
  }

  /** Adds one. */
  add(kind: Notice["kind"], text: string): void {
    this.count++;
    this.recent.push({ at: Date.now(), kind, text });
    if (this.recent.length > KEPT) this.recent.shift();
  }

  /** Those after the first `count`, as far as they are kept. */
  since(count: number): Notice[] {
    const missed = this.count - count;
    return missed === 0 ? [] : this.recent.slice(-missed);
  }

  /** Listens no more. */
  stop(): void {
    this.#stop();
  }
}
