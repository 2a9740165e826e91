// Copyright 2026 the Tendril authors. MIT license.
/**
 * One schedule of a scenario: a run whose ready queue and clock ask a course, and what goes wrong in it.
 *
 * @module
 */
import type { Coroutine } from "../body.ts";
import { type DeadlockError, GreenletError } from "../errors.ts";
import { isPumping, setReady } from "../fiber.ts";
import { getHub } from "../get_hub.ts";
import type { Greenlet } from "../greenlet.ts";
import { timers } from "../hub.ts";
import { Root } from "../run.ts";
import { type Chooser, Course } from "./course.ts";
import { ExploreQueue } from "./explore_queue.ts";
import type { Patience } from "./patience.ts";
import { Trace } from "./trace.ts";
import { VirtualClock } from "./virtual_clock.ts";

/** What is explored: a program that makes all it needs afresh, and throws when something is wrong. */
export type Scenario = () => Coroutine<unknown> | PromiseLike<unknown> | unknown;

/** Something that went wrong. */
export interface Failure {
  /** The error. */
  readonly error: unknown;
  /** The greenlet that it ended although nobody was given it, if so. */
  readonly greenlet: Greenlet<unknown> | null;
}

/** The clock of a schedule, which starts at 0; timers that are due together are chosen from. */
class TrialClock extends VirtualClock {
  readonly #queue: ExploreQueue;
  readonly #onEnd: () => void;

  constructor(patience: Patience, queue: ExploreQueue, onEnd: () => void) {
    super(patience);
    this.#queue = queue;
    this.#onEnd = onEnd;
  }

  protected override rest(): void {
    if (timers.size > 0) super.rest();
    else if (this.isPatienceOver()) this.#onEnd();
  }

  protected override jump(): void {
    const time = Math.max(this.now(), timers.earliest);
    const due = timers.due(time);
    if (due.length < 2) return super.jump();
    this.advanceTo(time);
    this.#queue.fireOne(due);
  }
}

/** One schedule. */
export class Trial {
  /** Its choices. */
  readonly course: Course;
  /** What happened, if that was asked for. */
  readonly trace: Trace | null;
  /** What went wrong first. */
  failure: Failure | null = null;
  readonly #queue: ExploreQueue;
  readonly #clock: TrialClock;
  #root: TrialRoot | null = null;
  #giveUp!: () => void;

  /** Prepares it; `mostTurns` is after how many turns it counts as endless. */
  constructor(chooser: Chooser, patience: Patience, mostTurns: number, traced: boolean) {
    this.course = new Course(chooser);
    this.trace = traced ? new Trace() : null;
    this.#queue = new ExploreQueue(this.course, this.trace, mostTurns, () => {
      const error = new GreenletError(
        `Cannot finish the schedule: no end after ${mostTurns} turns`,
      );
      this.fail(error, null);
      this.#root!.abort(error);
    });
    this.#clock = new TrialClock(patience, this.#queue, () => {
      this.#root!.stuck();
      if (!isPumping()) this.#giveUp(); // nobody reacts to that
    });
  }

  /** Runs the scenario. */
  async run(scenario: Scenario): Promise<void> {
    getHub().onError = (error, greenlet) => this.fail(error, greenlet);
    setReady(this.#queue);
    this.#queue.install();
    this.#clock.install();
    await new Promise<void>((resolve) => {
      this.#giveUp = resolve;
      this.#root = new TrialRoot(scenario, this);
      this.#root.promise.then(() => this.#lookForSwallowed(), (error) => this.fail(error, null))
        .then(resolve);
    });
    this.trace?.close();
    this.#clock.stop();
  }

  /** Notes an error, unless there was one before. */
  fail(error: unknown, greenlet: Greenlet<unknown> | null): void {
    this.failure ??= { error, greenlet };
    this.trace?.close();
  }

  /** An error that ended a greenlet which was joined, and that nobody looked at. */
  #lookForSwallowed(): void {
    const greenlet = this.#queue.started.find((each) => each.swallowed);
    if (greenlet !== undefined) this.fail(greenlet.inbox, greenlet);
  }
}

/** The run of a schedule, which notes a deadlock even if the program makes nothing of it. */
class TrialRoot extends Root<unknown> {
  readonly #trial: Trial;

  constructor(scenario: Scenario, trial: Trial) {
    super(scenario, [], true);
    this.#trial = trial;
  }

  override stuck(): DeadlockError | null {
    const error = super.stuck();
    this.#trial.fail(error, null);
    return error;
  }
}
