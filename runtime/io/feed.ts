// Copyright 2026 the Tendril authors. MIT license.
/**
 * What comes one by one from outside: directory entries, ticks, signals, lines. It is read by
 * `yield* feed.next()` in a greenlet and by `for await` in an async function.
 *
 * Invariants:
 * - What came is kept until somebody takes it, as far as there is room: a wait that is given up
 *   loses nothing.
 * - Readers are served first come, first served.
 *
 * @module
 */
import { Exchange, type Manner, NextOp } from "../../channels/exchange.ts";
import type { WaitOptions } from "../greenlet.ts";
import { addExternal } from "../hub.ts";
import type { Op, Waiter } from "../op.ts";
import { limited } from "../timeout.ts";

class FeedOp<T> extends NextOp<T> {
  declare private readonly feed: Feed<T>;

  constructor(feed: Feed<T>, exchange: Exchange<T>) {
    super(exchange);
    this.feed = feed;
  }

  override poll(): IteratorReturnResult<IteratorResult<T, undefined>> | null {
    const { closed, cause, available } = this.exchange;
    if (closed && cause !== undefined && !available) throw cause;
    return super.poll();
  }

  override park(waiter: Waiter): void {
    super.park(waiter);
    this.feed.wanted();
  }

  override cancel(): void {
    super.cancel();
    this.feed.gaveUp();
  }

  override refuse(error?: Error): void {
    if (this.exchange.cause === undefined) super.refuse();
    else this.waiter!.fail(error);
  }
}

/**
 * Things that come one by one: `yield* feed.next()`, or `for await`. Leaving the loop closes it, and so
 * does a kill in the loop; who calls `next` closes it with `using` or `close`.
 *
 * @example Usage
 * ```ts
 * import { run } from "@tendril/tendril";
 * import { type Feed, setInterval } from "@tendril/tendril/io";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   using ticks: Feed<string> = setInterval(() => "tick", 5);
 *   assertEquals(yield* ticks.next({ timeout: 1000 }), { done: false, value: "tick" });
 * });
 * ```
 *
 * @typeParam T What comes.
 */
export abstract class Feed<T> implements AsyncIterable<T>, Disposable {
  /**
   * What has come and was not taken.
   *
   * @internal
   */
  declare protected readonly exchange: Exchange<T>;

  /**
   * Makes an empty one.
   *
   * @param reason The wait reason of who reads.
   * @param capacity How much is kept while nobody reads.
   */
  constructor(reason: string, capacity: number) {
    const manner: Manner = {
      sending: reason,
      receiving: reason,
      cannotSend: ({ cause }) => cause as Error,
      cannotReceive: ({ cause }) => cause as Error,
    };
    this.exchange = new Exchange<T>(this, this, manner, capacity);
  }

  /**
   * Somebody waits.
   *
   * @internal
   */
  wanted(): void {}

  /**
   * Somebody waits no longer.
   *
   * @internal
   */
  gaveUp(): void {}

  /**
   * Keeps `item` for the next reader; false when there is no room, or it is closed.
   *
   * @internal
   */
  protected put(item: T): boolean {
    return !this.exchange.closed && this.exchange.offer(item);
  }

  /**
   * The next item; done when there will be none.
   *
   * @throws {Timeout} If `timeout` milliseconds were over first; nothing was taken then.
   */
  next(options?: WaitOptions): Op<IteratorResult<T, undefined>> {
    const { exchange } = this;
    return limited(
      new FeedOp(this, exchange),
      `wait for "${exchange.manner.receiving}"`,
      options?.timeout,
    );
  }

  /** Whether nothing more will come. */
  get closed(): boolean {
    return this.exchange.closed;
  }

  /** Ends it: who waits is told that nothing more comes. What nobody has taken is dropped. */
  close(): void {
    this.exchange.drop();
    this.exchange.close(undefined);
  }

  /** Closes it at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Lets `for await` read it; leaving the loop closes it. */
  [Symbol.asyncIterator](): AsyncIterableIterator<T> {
    return {
      next: async () => {
        try {
          return await this.next();
        } catch (error) {
          this.close(); // the loop is left without a word when `next` throws
          throw error;
        }
      },
      return: () => {
        this.close();
        return Promise.resolve({ done: true, value: undefined });
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }
}

/** What a {@linkcode Pulled} does beside reading. */
export interface PulledHooks {
  /** Makes what a reader is told of an error of the source. */
  tell(error: unknown): unknown;
  /** Called when it is closed before the source has ended. */
  onClose(): void;
  /** Called when a wait is given up. */
  onGiveUp?(): void;
}

/** A feed from an iterator of the host, which is asked only when somebody waits. */
export class Pulled<T> extends Feed<T> {
  readonly #source: AsyncIterator<T>;
  readonly #hooks: PulledHooks;
  #pulling = false;

  /** Makes one; `reason` is the wait reason of who reads. */
  constructor(reason: string, source: AsyncIterator<T>, hooks: PulledHooks) {
    super(reason, 1);
    this.#source = source;
    this.#hooks = hooks;
  }

  /** @internal */
  override wanted(): void {
    if (this.#pulling || this.closed) return;
    this.#pulling = true;
    addExternal(1);
    this.#source.next().then((step) => {
      this.#pulled();
      if (step.done) return this.exchange.close(undefined);
      this.put(step.value);
      if (this.exchange.receivers.head !== null) this.wanted();
    }, (error) => {
      this.#pulled();
      this.exchange.close(this.#hooks.tell(error));
    });
  }

  #pulled(): void {
    this.#pulling = false;
    addExternal(-1);
  }

  /** @internal */
  override gaveUp(): void {
    this.#hooks.onGiveUp?.();
  }

  /** Ends it, and what it comes from. */
  override close(): void {
    if (!this.closed) this.#hooks.onClose();
    super.close();
  }
}
