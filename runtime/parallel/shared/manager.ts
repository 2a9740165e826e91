// Copyright 2026 the Tendril authors. MIT license.
/**
 * A manager keeps things for all workers.
 *
 * @module
 */
import type { SharedOptions } from "./handle.ts";
import { copy, ManagerLink } from "./manager_link.ts";
import { DictModel, type Entries, ListModel, type Model } from "./models.ts";
import { DictProxy, ListProxy, NamespaceProxy } from "./proxies.ts";
import { SharedQueue } from "./queue.ts";

/** What {@linkcode Manager.stats} gives. */
export interface ManagerStats {
  /** How many isolates have a proxy of it, or had one. */
  readonly clients: number;
  /** Whether it was shut down. */
  readonly closed: boolean;
}

/**
 * Keeps dictionaries, lists and namespaces for all workers, as `multiprocessing.Manager`. It makes proxies,
 * which can be sent to workers as arguments of tasks; every method of a proxy is an Op, and one step that
 * nothing comes between.
 *
 * The isolate that makes it serves it whenever its event loop turns. What a method takes and gives is
 * copied: to change an object that is kept, put it back. Handles of shared things, other proxies among
 * them, can be kept, too. A call that was killed or timed out may have been done.
 *
 * A manager keeps no process alive. It ends with the isolate that made it, or by `shutdown`.
 *
 * @example Usage
 * ```ts
 * import { run } from "@tendril/tendril";
 * import { Manager } from "@tendril/tendril/parallel";
 * import { assertEquals } from "@std/assert";
 *
 * using manager = new Manager();
 * const scores = manager.dict<string, number>({ Ann: 1 });
 * await run(function* () {
 *   yield* scores.set("Bob", 2);
 *   assertEquals(yield* scores.copy(), new Map([["Ann", 1], ["Bob", 2]]));
 * });
 * ```
 */
export class Manager implements Disposable {
  readonly #link: ManagerLink;

  /** Makes a manager that this isolate serves. */
  constructor(options: SharedOptions = {}) {
    this.#link = new ManagerLink(options);
  }

  /** Shown in dumps and errors. */
  get name(): string | undefined {
    return this.#link.name;
  }

  /** Whether it was shut down. */
  get closed(): boolean {
    return this.#link.closed;
  }

  /**
   * Makes a dictionary.
   *
   * @param initial What is in it at first: pairs, a Map, or an object.
   * @throws {ManagerClosedError} If the manager was shut down.
   */
  dict<K = string, V = unknown>(
    initial: Iterable<readonly [K, V]> | Readonly<Record<string, V>> = [],
  ): DictProxy<K, V> {
    return new DictProxy(...this.#keep(new DictModel(copy(entriesOf(initial)) as Pairs)));
  }

  /**
   * Makes a list.
   *
   * @param items What is in it at first.
   * @throws {ManagerClosedError} If the manager was shut down.
   */
  list<T>(items: Iterable<T> = []): ListProxy<T> {
    return new ListProxy<T>(...this.#keep(new ListModel(copy([...items]) as unknown[])));
  }

  /**
   * Makes a namespace: a dictionary with names as keys.
   *
   * @param fields What is in it at first.
   * @throws {ManagerClosedError} If the manager was shut down.
   */
  Namespace<F extends object>(fields: F): NamespaceProxy<F> {
    return new NamespaceProxy<F>(
      ...this.#keep(new DictModel(copy(Object.entries(fields)) as Pairs)),
    );
  }

  /** Makes a {@linkcode SharedQueue}, which lives on when the manager is shut down. */
  Queue<T>(maxsize = 0, options: SharedOptions = {}): SharedQueue<T> {
    return new SharedQueue<T>(maxsize, options);
  }

  #keep(model: Model): [ManagerLink, number] {
    this.#link.checkOpen();
    return [this.#link, this.#link.keep(model)];
  }

  /** Drops everything it keeps; calls that wait for an answer get a {@linkcode ManagerClosedError}. */
  shutdown(): void {
    this.#link.close();
  }

  /** Shuts it down at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.shutdown();
  }

  /** Counters at this moment. */
  stats(): ManagerStats {
    return Object.freeze({ clients: this.#link.clients, closed: this.closed });
  }

  /** What `Deno.inspect` and `console.log` show. */
  [Symbol.for("Deno.customInspect")](inspect: typeof Deno.inspect): string {
    return inspect(this.#link);
  }
}

type Pairs = Entries<unknown, unknown>;

function entriesOf(initial: Iterable<readonly [unknown, unknown]> | object): Pairs {
  if (Symbol.iterator in initial) {
    return Array.from(
      initial as Iterable<readonly [unknown, unknown]>,
      ([key, value]) => [key, value],
    );
  }
  return Object.entries(initial);
}
