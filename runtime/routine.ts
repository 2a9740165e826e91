// Copyright 2026 the Tendril authors. MIT license.
/**
 * A routine is an Op written as a generator function: in a greenlet `yield*` runs it in place;
 * awaited or in a `select` it runs in a greenlet of its own, which a cancel kills.
 *
 * @module
 */
import { addLink, type Fiber, type Link, removeLink } from "./fiber.ts";
import type { Coroutine, Runnable } from "./body.ts";
import { Greenlet } from "./greenlet.ts";
import { consumed, current, FINISHED, FRESH, Op, type OpIterator, type Waiter } from "./op.ts";

/** A greenlet that runs on behalf of a waiter and ends with it. */
export class Deputy implements Link {
  /** A neighbour in the ring of links. */
  before: Link | null = null;
  /** A neighbour in the ring of links. */
  after: Link | null = null;
  /** The greenlet. */
  readonly greenlet: Greenlet<unknown>;

  /** Starts `body(...args)` for `waiter`. */
  constructor(
    readonly waiter: Waiter,
    name: string,
    body: Runnable<unknown[], unknown>,
    args: unknown[],
  ) {
    this.greenlet = new Greenlet(body, { name });
    addLink(this.greenlet, this);
    this.greenlet.start(...args);
  }

  /** Kills the greenlet; the waiter is not told. */
  dismiss(): void {
    removeLink(this.greenlet, this);
    this.greenlet.requestKill();
  }

  /** Hands the outcome to the waiter. */
  ended(fiber: Fiber): void {
    if (fiber.failing) this.waiter.fail(fiber.inbox);
    else this.waiter.wake(fiber.inbox);
  }
}

class Routine<A extends unknown[], T> extends Op<T> {
  readonly #name: string;
  readonly #body: (...args: A) => Coroutine<T>;
  readonly #args: A;
  #deputy: Deputy | null = null;

  constructor(name: string, body: (...args: A) => Coroutine<T>, args: A) {
    super();
    this.#name = name;
    this.#body = body;
    this.#args = args;
  }

  get reason(): string {
    return this.#name;
  }

  override get holder(): unknown {
    return this.#deputy?.greenlet;
  }

  // Outside a greenlet this is a step by hand, and Op.next says so.
  override [Symbol.iterator](): OpIterator<T> {
    if (current === null) return this;
    if (this.stage !== FRESH) throw consumed(this);
    this.stage = FINISHED;
    return this.#body(...this.#args) as OpIterator<T>;
  }

  poll(): null {
    return null;
  }

  park(waiter: Waiter): void {
    this.#deputy = new Deputy(
      waiter,
      this.#name,
      this.#body as Runnable<unknown[], unknown>,
      this.#args,
    );
  }

  cancel(): void {
    this.#deputy!.dismiss();
  }

  /** It lost a `select` before it began: what has begun of what it was given is ended. */
  abandon(): void {
    this.stage = FINISHED;
    for (const arg of this.#args) {
      if (arg instanceof Op && arg.stage === FRESH) {
        (arg as Op<unknown> & { abandon?(): void }).abandon?.();
      }
    }
  }
}

/** Makes an Op of a generator function. `name` is the wait reason of whoever waits for it. */
export function routine<A extends unknown[], T>(
  name: string,
  body: (...args: A) => Coroutine<T>,
  ...args: A
): Op<T> {
  return new Routine(name, body, args);
}
