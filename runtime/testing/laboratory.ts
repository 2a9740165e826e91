// Copyright 2026 the Tendril authors. MIT license.
/**
 * Where schedules are tried, and where the simplest one is found that fails.
 *
 * @module
 */
import { show } from "../clock.ts";
import { ready, setReady } from "../fiber.ts";
import { getHub } from "../get_hub.ts";
import { nextTurn } from "../hub.ts";
import { setGiveWay } from "../op.ts";
import { setOrder } from "../select.ts";
import { type Chooser, type Deviation, encode, Replay } from "./course.ts";
import { ExploreError } from "./explore_error.ts";
import { Patience } from "./patience.ts";
import { PlainTimers } from "./plain_timers.ts";
import { shrink } from "./shrink.ts";
import { ExhaustiveStrategy, randomFrom } from "./strategies.ts";
import { type Scenario, Trial } from "./trial.ts";
import { VirtualClock } from "./virtual_clock.ts";
import { takeClock } from "./virtual_time.ts";

/** The present of `Date` at the beginning of each schedule. */
const START = Date.UTC(2000);
/** How many of the simplest schedules are tried before one that fails is simplified. */
const MOST_SIMPLER = 500;
/** How long a simpler schedule is looked for, in milliseconds of real time. */
const MOST_TIME = 3000;
/** How long something outside is waited for, in milliseconds of real time. */
const PATIENCE = 1000;
/** Schedules between two turns of the event loop. */
const BATCH = 256;

/** Where schedules are tried: everything is as it was before when it is disposed of. */
export class Laboratory implements Disposable {
  readonly #scenario: Scenario;
  readonly #turns: number;
  readonly #restore: () => void;
  readonly #clearTimers: () => void;
  readonly #patience = new Patience(PATIENCE);
  #tried = 0;

  constructor(scenario: Scenario, turns: number) {
    this.#scenario = scenario;
    this.#turns = turns;
    const release = takeClock("explore");
    const hub = getHub();
    const { onError, clock } = hub;
    const before = ready;
    const { random } = Math;
    const still = new VirtualClock(this.#patience);
    still.install();
    const plain = new PlainTimers(START, 0);
    this.#patience.owners = () => plain.owners;
    this.#clearTimers = () => plain.clearAll();
    this.#restore = () => {
      plain[Symbol.dispose]();
      still.stop();
      hub.clock = clock;
      Math.random = random;
      setOrder(null);
      setGiveWay(null);
      setReady(before);
      hub.onError = onError;
      release();
    };
  }

  async try(chooser: Chooser, traced = false): Promise<Trial> {
    if (++this.#tried % BATCH === 0) await new Promise<void>(nextTurn);
    Math.random = randomFrom(1);
    const trial = new Trial(chooser, this.#patience, this.#turns, traced);
    await trial.run(this.#scenario);
    this.#clearTimers();
    return trial;
  }

  /** Tells of a failure in the shortest schedule in which it happens, or in a given one. */
  async report(
    first: Trial,
    given: readonly Deviation[] | null,
    tried: number,
  ): Promise<ExploreError> {
    const deviations = given ?? await this.#shortest(first);
    const last = await this.try(new Replay(deviations), true);
    const isRepeatable = last.failure !== null;
    const { error, greenlet } = (last.failure ?? first.failure)!;
    const trace = last.trace!;
    const seed = encode(deviations);
    const what = error instanceof Error ? `${error.name}: ${error.message}` : show(error);
    const message = [
      `Cannot rely on ${this.#scenario.name || "the scenario"}: it fails in schedule ${tried}`,
      ...greenlet === null
        ? []
        : [`  ${trace.nameOf(greenlet)} ended, and nobody was given its error`],
      ...isRepeatable ? [] : ["  (but not when repeated: it depends on something outside)"],
      `  ${trace.rename(what).replaceAll("\n", "\n  ")}`,
      `  to replay it: explore(…, { seed: ${JSON.stringify(seed)} })`,
      ...trace.lines.map((line, at) => `  ${String(at + 1).padStart(3)}. ${line}`),
    ].join("\n");
    return new ExploreError(message, error, seed, trace.lines, tried);
  }

  /** The least deviations with which it fails like `first`, as far as that can be found quickly. */
  async #shortest(first: Trial): Promise<readonly Deviation[]> {
    const found = first.course.deviations;
    const strategy = new ExhaustiveStrategy(MOST_SIMPLER);
    const end = hostTime() + MOST_TIME;
    const mayGoOn = () => hostTime() < end;
    for (let chooser: Chooser | null; mayGoOn() && (chooser = strategy.next()) !== null;) {
      const trial = await this.try(chooser);
      const { deviations } = trial.course;
      if (deviations.length >= found.length) break;
      if (isLike(trial, first)) return deviations;
      strategy.learn(trial.course);
    }
    return await shrink(found, async (deviations) => {
      const trial = await this.try(new Replay(deviations));
      return isLike(trial, first) ? trial.course.deviations : null;
    }, mayGoOn);
  }

  [Symbol.dispose](): void {
    this.#restore();
  }
}

/** The time of the host, which is not that of the globals meanwhile. */
function hostTime(): number {
  return Performance.prototype.now.call(performance);
}

/** Whether two schedules fail in the same way. */
function isLike({ failure }: Trial, { failure: other }: Trial): boolean {
  return failure !== null && kindOf(failure.error) === kindOf(other!.error);
}

function kindOf(error: unknown): string {
  return error instanceof Error ? error.name : show(error);
}
