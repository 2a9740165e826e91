// Copyright 2026 the Tendril authors. MIT license.
/**
 * `explore`: a scenario under many schedules.
 *
 * @module
 */
import { notCallable } from "../body.ts";
import { show } from "../clock.ts";
import { GreenletError } from "../errors.ts";
import { getCurrent, mainGreenlet } from "../greenlet.ts";
import { counts } from "../hub.ts";
import { active } from "../tree.ts";
import { type Chooser, decode, type Deviation, Replay } from "./course.ts";
import { Laboratory } from "./laboratory.ts";
import { ExhaustiveStrategy, PctStrategy, RandomStrategy, type Strategy } from "./strategies.ts";
import type { Scenario } from "./trial.ts";
import { checkClock } from "./virtual_time.ts";

/** Options of {@linkcode explore}. */
export interface ExploreOptions {
  /** How many schedules to try; default: 1000. */
  schedules?: number;
  /**
   * A number makes an exploration repeatable; default: a random one. The seed of an
   * {@linkcode ExploreError} replays that very schedule, and nothing else.
   */
  seed?: number | string;
  /**
   * How schedules are chosen; default: "random".
   *
   * - "random": every choice at random.
   * - "pct": greenlets have random priorities that change a few times; finds bugs that need few changes of
   *   turn among many greenlets.
   * - "exhaustive": all schedules, those first that deviate least from what the runtime does by itself.
   */
  strategy?: "random" | "pct" | "exhaustive";
  /** After how many turns of greenlets a schedule counts as endless; default: 10,000. */
  turns?: number;
}

/** What {@linkcode explore} gives when nothing went wrong. */
export interface Exploration {
  /** How many schedules were tried. */
  readonly schedules: number;
  /** Whether these are all there are. */
  readonly complete: boolean;
  /** The seed that was used. */
  readonly seed: number | string;
}

const STRATEGIES = ["random", "pct", "exhaustive"] as const;

/**
 * Runs a scenario again and again, each time under another schedule, and rejects with an
 * {@linkcode ExploreError} when it fails in one. Then the schedule is made as short as possible, and the error
 * has its `seed`, which replays it, and its `trace`.
 *
 * The scenario is run as by `run`, in virtual time from 0, and has to make everything it needs afresh. It
 * fails if it throws, if nothing can wake a greenlet any more (a deadlock, a lost wake-up), if an error ends
 * a greenlet and nobody is given it (by `yield*`, `get`, `link`, `scope` and the like; to be joined is not
 * enough, unless somebody looks at `exception` or `successful` afterwards), or if it does not end.
 *
 * Choices are made wherever the program could go on in several ways: which of the ready greenlets is next;
 * whether a greenlet gives way before an operation that could be done at once, which the runtime lets it do
 * after 64 of them; in which order a `select` looks at its Ops; which of the timers that are due together
 * fires first, and who runs in between. `Math.random`, `Date`, `performance.now` and the timers of plain
 * code are under control meanwhile. What really is outside (IO, workers) is waited for, but not under
 * control: a failure that depends on it cannot be replayed, and the error says so.
 *
 * @example Usage
 * ```ts
 * import { joinAll, spawn } from "@tendril/tendril";
 * import { explore, ExploreError } from "@tendril/tendril/testing";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * function* lostUpdate() {
 *   let count = 0;
 *   function* add() {
 *     const before = count;
 *     yield;
 *     count = before + 1;
 *   }
 *   yield* joinAll([spawn(add), spawn(add)]);
 *   assertEquals(count, 2);
 * }
 *
 * const failure = await assertRejects(() => explore(lostUpdate), ExploreError);
 * await assertRejects(() => explore(lostUpdate, { seed: failure.seed }), ExploreError);
 * ```
 *
 * @throws {ExploreError} If the scenario fails in a schedule.
 * @throws {TypeError} If the scenario is no function.
 * @throws {RangeError} If an option is out of its range.
 * @throws {GreenletError} If it is called in a greenlet, or while other greenlets run, sleep or await
 * something, or virtual time or another exploration is under way.
 */
export async function explore(
  scenario: Scenario,
  options: ExploreOptions = {},
): Promise<Exploration> {
  if (typeof scenario !== "function") throw notCallable("explore", scenario);
  const { schedules = 1000, seed = (Math.random() * 2 ** 32) | 0, turns = 10_000 } = options;
  checkCount("schedules", schedules);
  checkCount("turns", turns);
  const strategy = makeStrategy(options.strategy ?? "random", seed, schedules);
  checkQuiet();
  using laboratory = new Laboratory(scenario, turns);
  let tried = 0;
  for (let chooser: Chooser | null; tried < schedules && (chooser = strategy.next()) !== null;) {
    const trial = await laboratory.try(chooser);
    tried++;
    if (trial.failure !== null) {
      const isReplay = typeof seed === "string";
      throw await laboratory.report(trial, isReplay ? trial.course.deviations : null, tried);
    }
    strategy.learn(trial.course);
  }
  return { schedules: tried, complete: strategy.complete, seed };
}

function checkCount(name: string, count: number): void {
  if (Number.isSafeInteger(count) && count >= 1) return;
  throw new RangeError(
    `Cannot explore: ${name} must be a whole number of at least 1, got ${show(count)}`,
  );
}

function makeStrategy(name: string, seed: number | string, schedules: number): Strategy {
  const known: readonly string[] = STRATEGIES;
  if (!known.includes(name)) {
    throw new RangeError(
      `Cannot explore with the strategy ${show(name)}: known are ${known.join(", ")}`,
    );
  }
  if (typeof seed === "string") return new ReplayStrategy(decode(seed));
  if (!Number.isSafeInteger(seed)) {
    throw new RangeError(
      `Cannot explore: the seed must be a whole number or come from a report, got ${show(seed)}`,
    );
  }
  if (name === "exhaustive") return new ExhaustiveStrategy(schedules);
  return name === "pct" ? new PctStrategy(seed) : new RandomStrategy(seed);
}

/** One schedule. */
class ReplayStrategy implements Strategy {
  complete = false;
  #chooser: Chooser | null;

  constructor(deviations: readonly Deviation[]) {
    this.#chooser = new Replay(deviations);
  }

  next(): Chooser | null {
    const chooser = this.#chooser;
    this.#chooser = null;
    return chooser;
  }

  learn(): void {}
}

/** Refuses to explore while others could take part. */
function checkQuiet(): void {
  checkClock("explore");
  if (getCurrent() !== mainGreenlet) {
    throw new GreenletError(
      `Cannot explore in ${getCurrent().name}: it would take part; call explore outside any greenlet`,
    );
  }
  const { ready, timers, external } = counts();
  if (ready === 0 && timers === 0 && external === 0) return;
  const who = active().map(({ name }) => name).join(", ") || "timers";
  throw new GreenletError(
    `Cannot explore beside ${who}: others must not run, sleep or await something meanwhile; end them first`,
  );
}
