// Copyright 2026 the Tendril authors. MIT license.
/**
 * Structured concurrency: children that cannot outlive the block that spawned them.
 *
 * @module
 */
import { GreenletError, GreenletExit } from "./errors.ts";
import { addLink, type Fiber, type Interrupt, type Link } from "./fiber.ts";
import { type Coroutine, notCallable, type Runnable } from "./body.ts";
import { getCurrent, Greenlet } from "./greenlet.ts";
import type { Op } from "./op.ts";
import { perform } from "./perform.ts";
import { routine } from "./routine.ts";

/**
 * What {@linkcode scope} hands to its block.
 *
 * @example Usage
 * ```ts
 * import { run, type Scope, scope } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * const log: string[] = [];
 * function helper(children: Scope, name: string) {
 *   children.spawn(() => log.push(name));
 * }
 * await run(() =>
 *   scope(function* (children) {
 *     helper(children, "one");
 *     helper(children, "two");
 *   })
 * );
 * assertEquals(log, ["one", "two"]);
 * ```
 */
export class Scope {
  readonly #children: Set<Greenlet<unknown>> = new Set();
  readonly #owner: Greenlet<unknown> = getCurrent();
  readonly #errors: unknown[] = [];
  /** Raised in the block when a child fails, so that it does not wait for what will not come. */
  readonly #cancelled = new GreenletExit("A sibling in this scope failed");
  #interrupt: Interrupt | null = null;
  #closed = false;

  /** Runs `fn(...args)` as a child of the scope. */
  spawn<A extends unknown[], T>(fn: Runnable<A, T>, ...args: A): Greenlet<T> {
    if (typeof fn !== "function") throw notCallable("spawn", fn);
    if (this.#closed) throw new GreenletError("Cannot spawn in this scope: it is over");
    const child = new Greenlet<T>(fn);
    this.#children.add(child as Greenlet<unknown>);
    addLink(child, new ChildLink(this));
    child.startWith(args);
    return child;
  }

  /** How many children are alive. */
  get size(): number {
    return this.#children.size;
  }

  /** Called when a child has ended: the first failure ends the block and all the others. */
  childEnded(child: Greenlet<unknown>): void {
    this.#children.delete(child);
    if (!child.failing) return;
    const first = this.#errors.push(child.inbox) === 1;
    if (first && !this.#closed) this.#interrupt = this.#owner.interrupt(this.#cancelled);
    this.#killChildren();
  }

  #killChildren(): void {
    for (const child of this.#children) child.requestKill(this.#cancelled);
  }

  /** Runs the block and waits for the children. */
  *run<T>(block: Runnable<[Scope], T>): Coroutine<T> {
    let result: T | undefined;
    try {
      result = yield* perform(block, this as Scope);
      yield* this.#join();
    } catch (error) {
      if (error !== this.#cancelled) this.#errors.unshift(error);
      this.#closed = true;
      this.#killChildren();
      yield* this.#join();
    }
    this.#closed = true;
    if (this.#interrupt !== null) this.#interrupt.dropped = true;
    if (this.#errors.length > 1) {
      throw new AggregateError(this.#errors, "Several children of a scope failed");
    }
    if (this.#errors.length === 1) throw this.#errors[0];
    return result as T;
  }

  *#join(): Coroutine<void> {
    for (const child of this.#children) yield* child.join();
  }
}

class ChildLink implements Link {
  before: Link | null = null;
  after: Link | null = null;
  constructor(readonly scope: Scope) {}

  ended(fiber: Fiber): void {
    this.scope.childEnded(fiber as Greenlet<unknown>);
  }
}

function* scopeBody<T>(block: Runnable<[Scope], T>): Coroutine<T> {
  return yield* new Scope().run(block);
}

/**
 * Runs a block that can spawn children, and returns its result when all of them are done. The first
 * failure, in the block or in a child, kills the others, waits for their `finally` blocks and is
 * thrown; several failures are thrown as one AggregateError.
 *
 * @example Usage
 * ```ts
 * import { run, scope } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   const sum = yield* scope(function* (s) {
 *     const one = s.spawn(() => 1);
 *     const two = s.spawn(() => 2);
 *     return (yield* one) + (yield* two);
 *   });
 *   assertEquals(sum, 3);
 * });
 * ```
 */
export function scope<T>(block: Runnable<[Scope], T>): Op<T> {
  if (typeof block !== "function") throw notCallable("open a scope for", block);
  return routine("scope", scopeBody<T>, block);
}
