// Copyright 2026 the Tendril authors. MIT license.
/**
 * What a manager keeps: the real dictionaries, lists and namespaces behind the proxies. Each method is one
 * step, and one that throws has changed nothing.
 *
 * @module
 */
import { show } from "../../clock.ts";

/** Pairs of key and value. */
export type Entries<K, V> = [K, V][];

/** A dictionary. */
export class DictModel<K, V> {
  readonly #map: Map<K, V>;

  constructor(entries: Entries<K, V>) {
    this.#map = new Map(entries);
  }

  get(key: K, fallback?: V): V | undefined {
    return this.#map.has(key) ? this.#map.get(key) : fallback;
  }

  set(key: K, value: V): void {
    this.#map.set(key, value);
  }

  has(key: K): boolean {
    return this.#map.has(key);
  }

  delete(key: K): boolean {
    return this.#map.delete(key);
  }

  pop(key: K, ...fallback: V[]): V {
    if (!this.#map.has(key)) {
      if (fallback.length > 0) return fallback[0]!;
      throw new RangeError(
        `Cannot pop ${show(key)} from a dict: there is no such key; give what to return instead`,
      );
    }
    const value = this.#map.get(key)!;
    this.#map.delete(key);
    return value;
  }

  setDefault(key: K, value: V): V {
    if (!this.#map.has(key)) this.#map.set(key, value);
    return this.#map.get(key)!;
  }

  update(entries: Entries<K, V>): void {
    for (const [key, value] of entries) this.#map.set(key, value);
  }

  clear(): void {
    this.#map.clear();
  }

  size(): number {
    return this.#map.size;
  }

  entries(): Entries<K, V> {
    return [...this.#map];
  }

  keys(): K[] {
    return [...this.#map.keys()];
  }

  values(): V[] {
    return [...this.#map.values()];
  }

  copy(): Map<K, V> {
    return this.#map;
  }

  fields(): object {
    return Object.fromEntries(this.#map as Map<PropertyKey, V>);
  }
}

/** A list. */
export class ListModel<T> {
  readonly #items: T[];

  constructor(items: T[]) {
    this.#items = items;
  }

  #place(action: string, index: number): number {
    const place = index < 0 ? index + this.#items.length : index;
    if (Number.isInteger(index) && place >= 0 && place < this.#items.length) return place;
    throw new RangeError(
      `Cannot ${action} item ${show(index)} of a list: it has ${this.#items.length}`,
    );
  }

  get(index: number): T {
    return this.#items[this.#place("get", index)]!;
  }

  set(index: number, value: T): void {
    this.#items[this.#place("set", index)] = value;
  }

  append(...values: T[]): number {
    for (const value of values) this.#items.push(value);
    return this.#items.length;
  }

  insert(index: number, value: T): void {
    this.#items.splice(index, 0, value);
  }

  pop(index = -1): T {
    return this.#items.splice(this.#place("pop", index), 1)[0]!;
  }

  indexOf(value: T): number {
    return this.#items.indexOf(value);
  }

  includes(value: T): boolean {
    return this.#items.includes(value);
  }

  slice(start?: number, end?: number): T[] {
    return this.#items.slice(start, end);
  }

  reverse(): void {
    this.#items.reverse();
  }

  clear(): void {
    this.#items.length = 0;
  }

  length(): number {
    return this.#items.length;
  }
}

/** Anything a manager keeps. */
export type Model = DictModel<unknown, unknown> | ListModel<unknown>;

/** Calls a method of a model by its name. */
export function perform(model: Model, method: string, args: unknown[]): unknown {
  const methods = model as unknown as Record<string, (...args: unknown[]) => unknown>;
  return methods[method]!(...args);
}
