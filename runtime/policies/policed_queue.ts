// Copyright 2026 the Tendril authors. MIT license.
/**
 * The ready queue while there are runs with a policy.
 *
 * Invariants:
 * - One line serves all, first come, first served. For a fiber of a run with a policy it holds that run's
 *   queue instead: a turn of the run, which the policy gives to whom it likes. So a policy decides within
 *   its run only, and takes nothing from other runs or from greenlets outside of any.
 * - `#shelved` are the fibers in the queues of policies. There are at least as many turns in the line: one
 *   too many, after a fiber was taken out, is passed over. A fiber that a queue gives and that is not in
 *   the set was taken out, and is passed over, too.
 * - Between two turns, in this order: the policy is told how long the last one took; timers that are due
 *   fire; who gave way is taken back. So who slept meanwhile can be next, and stands before who gave way.
 *
 * @module
 */
import { show } from "../clock.ts";
import { Fiber, ready, setReady } from "../fiber.ts";
import type { Family } from "../family.ts";
import type { Greenlet } from "../greenlet.ts";
import { now, timers } from "../hub.ts";
import type { ReadyQueue } from "../ready_queue.ts";
import { FIFO } from "./fifo.ts";
import type { Policy, PolicyQueue } from "./policy.ts";

type Line = ReadyQueue<Fiber | PolicyQueue>;

class PolicedQueue implements ReadyQueue<Fiber> {
  readonly #line: Line;
  readonly #queues = new Map<Family, PolicyQueue>();
  readonly #shelved = new Set<Fiber>();
  #recent: Fiber[] = [];
  /** Who has the turn of a run with a policy, and since when. */
  #turn: { fiber: Fiber; queue: PolicyQueue; since: number; gaveWay: boolean } | null = null;

  /** Makes one that takes over what is ready in `line`. */
  constructor(line: Line) {
    this.#line = line;
  }

  admit(family: Family, queue: PolicyQueue): void {
    this.#queues.set(family, queue);
  }

  dismiss(family: Family): void {
    this.#queues.delete(family);
  }

  push(fiber: Fiber): void {
    const queue = this.#queues.get((fiber as Greenlet<unknown>).family);
    if (queue === undefined) return this.#line.push(fiber);
    this.#line.push(queue);
    this.#shelved.add(fiber);
    if (fiber === this.#turn?.fiber) this.#turn.gaveWay = true;
    else queue.add(fiber as Greenlet<unknown>);
  }

  shift(): Fiber | null {
    this.#closeTurn();
    const fiber = this.#take();
    if (fiber !== null) this.#recent.push(fiber);
    return fiber;
  }

  #take(): Fiber | null {
    let next: Fiber | PolicyQueue | null;
    while ((next = this.#line.shift()) !== null) {
      if (next instanceof Fiber) return next;
      let fiber: Fiber | null;
      while ((fiber = next.next()) !== null) {
        if (!this.#shelved.delete(fiber)) continue;
        this.#turn = { fiber, queue: next, since: now(), gaveWay: false };
        return fiber;
      }
    }
    return null;
  }

  #closeTurn(): void {
    const turn = this.#turn;
    this.#turn = null;
    const time = now();
    const greenlet = turn?.fiber as Greenlet<unknown>;
    if (turn !== null) turn.queue.ran?.(greenlet, Math.max(0, time - turn.since));
    if (timers.earliest <= time) timers.fireDue(time);
    if (turn?.gaveWay) turn.queue.addBack(greenlet);
  }

  remove(fiber: Fiber): void {
    if (!this.#shelved.delete(fiber)) this.#line.remove(fiber);
  }

  get empty(): boolean {
    return this.#line.empty;
  }

  waiting(): Fiber[] {
    return [...this.#line.waiting().filter((each) => each instanceof Fiber), ...this.#shelved];
  }

  recent(): Fiber[] {
    return [...this.#line.recent().filter((each) => each instanceof Fiber), ...this.#recent];
  }

  /** Called between turns; leaves when no run with a policy is left. */
  forget(): void {
    this.#recent = [];
    if (this.#turn !== null) this.#closeTurn();
    if (this.#queues.size === 0) this.#leave();
    this.#line.forget();
  }

  #leave(): void {
    const left: Fiber[] = [];
    for (let fiber = this.#take(); fiber !== null; fiber = this.#take()) left.push(fiber);
    for (const fiber of left) this.#line.push(fiber);
    policed = null;
    setReady(this.#line as ReadyQueue<Fiber>);
  }
}

/** The ready queue, while there are runs with a policy. */
let policed: PolicedQueue | null = null;

/** Lets `policy` decide which greenlet of `family` goes next; gives what ends that. */
export function police(family: Family, policy: Policy): () => void {
  if (policy === FIFO) return () => {};
  if (policed === null) {
    policed = new PolicedQueue(ready as Line);
    setReady(policed);
  }
  const queue = policed;
  queue.admit(family, policy.queue());
  return () => queue.dismiss(family);
}

/** Refuses what is no policy. */
export function checkPolicy(policy: Policy): void {
  if (typeof policy?.queue === "function") return;
  throw new RangeError(
    `Cannot run with the policy ${show(policy)}: known are fifo(), priority(), ` +
      "shortestJobFirst(), roundRobin({ quantum }) and multilevelFeedback({ levels, quantum })",
  );
}
