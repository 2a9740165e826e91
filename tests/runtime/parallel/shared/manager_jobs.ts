// Copyright 2026 the Tendril authors. MIT license.
// What the workers of the manager tests do.

import type { Coroutine } from "@tendril/tendril";
import {
  type DictProxy,
  type ListProxy,
  Manager,
  type NamespaceProxy,
  type SharedLock,
} from "@tendril/tendril/parallel";

export function* fill(dict: DictProxy<string, number>, by: string, count: number): Coroutine {
  for (let n = 0; n < count; n++) yield* dict.set(`${by}${n}`, n);
}

export function* append(list: ListProxy<string>, by: string, count: number): Coroutine {
  for (let n = 0; n < count; n++) yield* list.append(`${by}${n}`);
}

export async function read(dict: DictProxy<string, unknown>, key: string): Promise<unknown> {
  return await dict.get(key);
}

export function* misuse(list: ListProxy<number>): Coroutine<[string, string]> {
  try {
    yield* list.get(5);
    return ["no error", ""];
  } catch (error) {
    return [(error as Error).constructor.name, (error as Error).message];
  }
}

export async function configure(settings: NamespaceProxy<{ depth: number }>): Promise<number> {
  await settings.set("depth", (await settings.get("depth")) + 1);
  return await settings.get("depth");
}

/** Puts a lock and the list itself into a dictionary. */
export async function nest(
  dict: DictProxy<string, unknown>,
  list: ListProxy<number>,
  lock: SharedLock,
): Promise<void> {
  await dict.set("both", { list, lock });
}

export async function appendTo(
  dict: DictProxy<string, { list: ListProxy<number> }>,
): Promise<void> {
  const { list } = (await dict.get("both"))!;
  await list.append(7);
}

const managers: Manager[] = [];

/** Makes a manager of its own. */
export function serve(): DictProxy<string, number> {
  const manager = new Manager({ name: "theirs" });
  managers.push(manager);
  return manager.dict({ a: 1 });
}

/** Keeps the event loop from turning until it is told to stop; tells that it does. */
export function freeze(stop: Int32Array): void {
  Atomics.store(stop, 1, 1);
  while (Atomics.load(stop, 0) === 0) Atomics.wait(stop, 0, 0, 10);
}

/** The same, and then shuts the manager down before it has read any message. */
export function freezeAndShutDown(stop: Int32Array): void {
  freeze(stop);
  managers.pop()!.shutdown();
}

/** Passes a proxy on. */
export function pass(proxy: unknown): unknown {
  return { proxy };
}
