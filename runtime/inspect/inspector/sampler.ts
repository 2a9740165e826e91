// Copyright 2026 the Tendril authors. MIT license.
/**
 * Looks at the program several times a second while somebody looks on, and tells them.
 *
 * Invariants:
 * - Without a viewer there is no timer and nothing is listened for but ends, blocks and worker tasks.
 * - A look may take as long as it has to, but then the next one waits: looking takes at most one part in
 *   SHARE of the time, whatever the number of greenlets.
 *
 * @module
 */
import { counts } from "../../hub.ts";
import { Census, type Summary } from "./census.ts";
import { kindLabel } from "./kinds.ts";
import { Notices } from "./notices.ts";
import { cut, ringText } from "./rows.ts";
import { Timeline } from "./timeline.ts";
import type { Viewer } from "./viewer.ts";
import { Workers, type WorkerUse } from "./workers.ts";

/** The shortest time between two looks, in milliseconds. */
const PERIOD = 150;
/** Looking takes at most one part in so many of the time. */
const SHARE = 80;
/** With more greenlets than this all of them are looked at only every few times. */
const MANY = 2_000;
/** Every how many times that is. */
const SELDOM = 5;
/** Kinds of waits that are told of. */
const MOST_KINDS = 12;

// Kept from the start: fake timers must not stop the inspector, nor fill with its timers.
const { setTimeout, clearTimeout } = globalThis;

/** What is told of the program as a whole. */
export interface Overview {
  /** The page's time axis, in milliseconds. */
  readonly time: number;
  /** Greenlets that live. */
  readonly alive: number;
  /** Greenlets in the ready queue. */
  readonly ready: number;
  /** Timers that are armed. */
  readonly timers: number;
  /** Waits for promises, sockets, workers and the like. */
  readonly external: number;
  /** Resumes per second. */
  readonly switches: number;
  /** How late the event loop was, in milliseconds. */
  readonly delay: number;
  /** Greenlets that ended so far. */
  readonly ended: number;
  /** Greenlets that ended with an error so far. */
  readonly failed: number;
  /** How many are in which state. */
  readonly states: Summary["states"];
  /** What is waited for: number, label and how many, the most first. */
  readonly kinds: readonly (readonly [number, string, number])[];
  /** What workers do. */
  readonly workers: readonly WorkerUse[];
  /** Those that wait for one another, "" if there are none. */
  readonly ring: string;
  /** Whether all wait and nothing the runtime knows of can wake one. */
  readonly stuck: boolean;
  /** Whether the timeline has gaps. */
  readonly sampled: boolean;
}

/** Looks at the program. */
export class Sampler {
  /** What was to be told. */
  readonly notices: Notices = new Notices(() => this.#tellNotices());
  readonly #workers = new Workers();
  readonly #timeline = new Timeline();
  readonly #viewers = new Set<Viewer>();
  #census: Census | null = null;
  #summary: Summary | null = null;
  #ring = "";
  #looks = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #due = 0;
  #took = 0;
  #switches = { count: 0, at: 0 };
  #stuck = { switches: -1, times: 0 };

  /** Tells `viewer` from now on. */
  add(viewer: Viewer): void {
    this.#viewers.add(viewer);
    if (this.#viewers.size === 1) {
      this.#switches = { count: counts().switches, at: performance.now() };
      this.#looks = 0;
    }
    this.#schedule(0);
  }

  /** Tells it no more. */
  remove(viewer: Viewer): void {
    if (!this.#viewers.delete(viewer) || this.#viewers.size > 0) return;
    clearTimeout(this.#timer);
    this.#timeline.stop();
    // What has ended is not to be kept alive by the last look.
    this.#census = this.#summary = null;
  }

  /** The viewer with this number. */
  find(id: unknown): Viewer | undefined {
    return [...this.#viewers].find((viewer) => viewer.id === id);
  }

  /** Tells a viewer what it sees now that it looks elsewhere. */
  show(viewer: Viewer): void {
    if (this.#census === null || viewer.behind) return;
    viewer.send({ type: "list", list: viewer.part(this.#census, this.#timeline) });
  }

  /** Looks at once, for something has changed. */
  lookNow(): void {
    if (this.#viewers.size > 0) this.#schedule(0);
  }

  /** Says goodbye and listens no more. */
  stop(message: unknown): void {
    for (const viewer of [...this.#viewers]) {
      viewer.send(message);
      this.remove(viewer);
      viewer.close();
    }
    this.notices.stop();
    this.#workers.stop();
  }

  #schedule(ms: number): void {
    clearTimeout(this.#timer);
    this.#due = performance.now() + ms;
    const timer = setTimeout(() => this.#look(), ms);
    Deno.unrefTimer(timer);
    this.#timer = timer;
  }

  #look(): void {
    const begun = performance.now();
    try {
      this.#tell(begun);
    } catch (error) {
      // Something that a program made is odder than was thought; the program is not to suffer for it.
      this.notices.add("failed", `The inspector could not look: ${cut(() => error)}`);
    }
    // One that was held up by something else does not say what looking takes.
    const took = performance.now() - begun;
    if (this.#viewers.size > 0) {
      this.#schedule(Math.max(PERIOD, Math.min(took, this.#took) * SHARE));
    }
    this.#took = took;
  }

  #tell(begun: number): void {
    const census = this.#census = new Census();
    if (this.#summary === null || census.all.length < MANY || this.#looks % SELDOM === 0) {
      this.#summary = census.summary();
      const ring = census.ring();
      this.#ring = ring.length === 0 ? "" : ringText(ring);
    }
    this.#looks++;
    const overview = this.#overview(census, begun);
    for (const viewer of this.#viewers) {
      if (viewer.behind) continue;
      viewer.send({
        type: "look",
        overview,
        list: viewer.part(census, this.#timeline),
        notices: this.#news(viewer),
      });
    }
  }

  #overview(census: Census, time: number): Overview {
    const { switches, ready, timers, external } = counts();
    const seconds = (time - this.#switches.at) / 1000;
    const rate = seconds > 0 ? (switches - this.#switches.count) / seconds : 0;
    this.#switches = { count: switches, at: time };
    const { states, kinds } = this.#summary!;
    const most = [...kinds].sort((a, b) => b[1] - a[1]).slice(0, MOST_KINDS);
    return {
      time,
      alive: census.all.length,
      ready,
      timers,
      external,
      switches: Math.round(rate),
      delay: Math.max(0, time - this.#due),
      ended: this.notices.ended.all,
      failed: this.notices.ended.failed,
      states,
      kinds: most.map(([number, count]) => [number, kindLabel(number), count] as const),
      workers: this.#workers.use(),
      ring: this.#ring,
      stuck: this.#isStuck(census.all.length > 0 && ready + timers + external === 0, switches),
      sampled: this.#timeline.refill(),
    };
  }

  /** Nothing is due and nothing has happened since the last two looks. */
  #isStuck(nothingDue: boolean, switches: number): boolean {
    const before = this.#stuck;
    const times = nothingDue && before.switches === switches ? before.times + 1 : 0;
    this.#stuck = { switches, times };
    return times >= 2;
  }

  #news(viewer: Viewer): unknown[] {
    const news = this.notices.since(viewer.notices);
    viewer.notices = this.notices.count;
    return news;
  }

  /** The program may end in this turn: what is sent now still leaves. */
  #tellNotices(): void {
    for (const viewer of this.#viewers) {
      viewer.send({ type: "notices", notices: this.#news(viewer) });
    }
  }
}
