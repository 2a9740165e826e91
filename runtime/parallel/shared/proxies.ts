// Copyright 2026 the Tendril authors. MIT license.
/**
 * What workers have of the things that a manager keeps.
 *
 * @module
 */
import type { Op } from "../../op.ts";
import {
  defineKind,
  handleOf,
  IS_HANDLE,
  type Portable,
  remember,
  TOKEN,
  type Token,
} from "./handle.ts";
import { Call, ManagerLink } from "./manager_link.ts";

/** What stands for a proxy on the way. */
interface ProxyToken {
  readonly kind: string;
  readonly manager: Token;
  readonly port: MessagePort;
  readonly model: number;
}

/**
 * What all proxies of a {@linkcode Manager} have in common.
 *
 * @example Usage
 * ```ts
 * import { DictProxy, Manager, type ManagerProxy } from "@tendril/tendril/parallel";
 * import { assertEquals } from "@std/assert";
 *
 * using manager = new Manager();
 * const kept: ManagerProxy[] = [manager.dict({ bread: 2 }), manager.list(["first"])];
 * assertEquals(kept.map((each) => each instanceof DictProxy), [true, false]);
 * ```
 */
export abstract class ManagerProxy implements Portable {
  /** @internal */
  protected readonly link: ManagerLink;
  /** @internal */
  protected readonly model: number;

  /** Called by the manager. @internal */
  constructor(link: ManagerLink, model: number) {
    this.link = link;
    this.model = model;
  }

  /** @internal */
  get [IS_HANDLE](): true {
    return true;
  }

  /** @internal */
  abstract readonly kind: string;

  /** @internal */
  [TOKEN](transfer: Transferable[]): ProxyToken {
    const { kind, model } = this;
    remember(keyOf(this.link, model), this);
    const { token, port } = this.link.introduce(transfer);
    return { kind, manager: token, port, model };
  }

  /** Calls a method of the model. @internal */
  protected call<R>(method: string, ...args: unknown[]): Op<R> {
    return new Call<R>(this.link, this.model, method, args, this);
  }

  /** What `Deno.inspect` and `console.log` show. */
  [Symbol.for("Deno.customInspect")](inspect: typeof Deno.inspect): string {
    return `<${this.kind} of ${inspect(this.link)}>`;
  }
}

function keyOf(link: ManagerLink, model: number): string {
  return `${link.key}/${model}`;
}

function defineProxy(kind: string, make: (link: ManagerLink, model: number) => ManagerProxy): void {
  defineKind(kind, ({ manager, port, model }: ProxyToken) => {
    const link = ManagerLink.of(manager, port);
    return handleOf(keyOf(link, model), () => make(link, model));
  });
}

/**
 * A dictionary that a {@linkcode Manager} keeps; see there.
 *
 * @example Usage
 * ```ts
 * import { Manager } from "@tendril/tendril/parallel";
 * import { assertEquals } from "@std/assert";
 *
 * using manager = new Manager();
 * const stock = manager.dict({ bread: 2 });
 * assertEquals(await stock.pop("bread"), 2);
 * assertEquals(await stock.has("bread"), false);
 * assertEquals(await stock.setDefault("milk", 0), 0);
 * ```
 *
 * @typeParam K The keys, which are compared as in a Map: use strings and numbers.
 * @typeParam V The values.
 */
export class DictProxy<K, V> extends ManagerProxy {
  /** @internal */
  get kind(): string {
    return "DictProxy";
  }

  /** Reads a value; gives `fallback` where there is none. */
  get(key: K): Op<V | undefined>;
  /** Reads a value; gives `fallback` where there is none. */
  get<F>(key: K, fallback: F): Op<V | F>;
  get(key: K, fallback?: unknown): Op<unknown> {
    return this.call("get", key, fallback);
  }

  /** Writes a value. */
  set(key: K, value: V): Op<void> {
    return this.call("set", key, value);
  }

  /** Tells whether there is such a key. */
  has(key: K): Op<boolean> {
    return this.call("has", key);
  }

  /** Takes a key out; tells whether it was there. */
  delete(key: K): Op<boolean> {
    return this.call("delete", key);
  }

  /**
   * Takes a key out and gives its value; `fallback` where there is none.
   *
   * @throws {RangeError} If there is no such key and no fallback.
   */
  pop(key: K, ...fallback: [] | [V]): Op<V> {
    return this.call("pop", key, ...fallback);
  }

  /** Writes a value unless there is one; gives the one that is there now. */
  setDefault(key: K, value: V): Op<V> {
    return this.call("setDefault", key, value);
  }

  /** Writes many values in one step. */
  update(entries: Iterable<readonly [K, V]>): Op<void> {
    return this.call("update", [...entries]);
  }

  /** Takes everything out. */
  clear(): Op<void> {
    return this.call("clear");
  }

  /** Tells how many keys there are. */
  size(): Op<number> {
    return this.call("size");
  }

  /** Gives all pairs of key and value, in the order in which the keys came. */
  entries(): Op<[K, V][]> {
    return this.call("entries");
  }

  /** Gives all keys. */
  keys(): Op<K[]> {
    return this.call("keys");
  }

  /** Gives all values. */
  values(): Op<V[]> {
    return this.call("values");
  }

  /** Gives a copy of it. */
  copy(): Op<Map<K, V>> {
    return this.call("copy");
  }
}

/**
 * A list that a {@linkcode Manager} keeps; see there. An index below 0 counts from the end.
 *
 * @example Usage
 * ```ts
 * import { Manager } from "@tendril/tendril/parallel";
 * import { assertEquals } from "@std/assert";
 *
 * using manager = new Manager();
 * const log = manager.list(["first"]);
 * await log.append("second", "third");
 * assertEquals(await log.pop(), "third");
 * assertEquals(await log.get(-1), "second");
 * assertEquals(await log.copy(), ["first", "second"]);
 * ```
 *
 * @typeParam T The items.
 */
export class ListProxy<T> extends ManagerProxy {
  /** @internal */
  get kind(): string {
    return "ListProxy";
  }

  /**
   * Reads an item.
   *
   * @throws {RangeError} If there is none at `index`.
   */
  get(index: number): Op<T> {
    return this.call("get", index);
  }

  /**
   * Writes an item.
   *
   * @throws {RangeError} If there is none at `index`.
   */
  set(index: number, item: T): Op<void> {
    return this.call("set", index, item);
  }

  /** Adds items at the end; gives the length then. */
  append(...items: T[]): Op<number> {
    return this.call("append", ...items);
  }

  /** Puts an item before the one at `index`. */
  insert(index: number, item: T): Op<void> {
    return this.call("insert", index, item);
  }

  /**
   * Takes an item out; the last one unless it is told which.
   *
   * @throws {RangeError} If there is none at `index`.
   */
  pop(index = -1): Op<T> {
    return this.call("pop", index);
  }

  /** Tells where an item is, -1 when it is not there. Objects are never found, because they are copied. */
  indexOf(item: T): Op<number> {
    return this.call("indexOf", item);
  }

  /** Tells whether an item is there. Objects are never found, because they are copied. */
  includes(item: T): Op<boolean> {
    return this.call("includes", item);
  }

  /** Gives a part of it. */
  slice(start?: number, end?: number): Op<T[]> {
    return this.call("slice", start, end);
  }

  /** Turns the order round. */
  reverse(): Op<void> {
    return this.call("reverse");
  }

  /** Takes everything out. */
  clear(): Op<void> {
    return this.call("clear");
  }

  /** Tells how many items there are. */
  length(): Op<number> {
    return this.call("length");
  }

  /** Gives a copy of it. */
  copy(): Op<T[]> {
    return this.call("slice");
  }
}

/**
 * Fields that a {@linkcode Manager} keeps; see there.
 *
 * @example Usage
 * ```ts
 * import { Manager } from "@tendril/tendril/parallel";
 * import { assertEquals } from "@std/assert";
 *
 * using manager = new Manager();
 * const settings = manager.Namespace({ verbose: false, depth: 3 });
 * await settings.set("depth", 4);
 * assertEquals(await settings.get("depth"), 4);
 * assertEquals(await settings.copy(), { verbose: false, depth: 4 });
 * ```
 *
 * @typeParam F The fields.
 */
export class NamespaceProxy<F extends object> extends ManagerProxy {
  /** @internal */
  get kind(): string {
    return "NamespaceProxy";
  }

  /** Reads a field. */
  get<K extends keyof F>(name: K): Op<F[K]> {
    return this.call("get", name);
  }

  /** Writes a field. */
  set<K extends keyof F>(name: K, value: F[K]): Op<void> {
    return this.call("set", name, value);
  }

  /** Takes a field out; tells whether it was there. */
  delete(name: keyof F): Op<boolean> {
    return this.call("delete", name);
  }

  /** Tells whether there is such a field. */
  has(name: keyof F): Op<boolean> {
    return this.call("has", name);
  }

  /** Gives a copy of all fields. */
  copy(): Op<F> {
    return this.call("fields");
  }
}

defineProxy("DictProxy", (link, model) => new DictProxy(link, model));
defineProxy("ListProxy", (link, model) => new ListProxy(link, model));
defineProxy("NamespaceProxy", (link, model) => new NamespaceProxy(link, model));
