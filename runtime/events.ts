// Copyright 2026 the Tendril authors. MIT license.
/**
 * The one stream of what happens to greenlets and worker tasks. Inspector, traces, metrics and
 * `assertYields` listen to it; it is not for users, who have these.
 *
 * Invariants:
 * - Each kind of event has a hook, which is null while nobody listens for it. Who has something to tell
 *   looks at the hook first, and makes nothing before that: so nobody pays who does not listen.
 * - Listeners are told where it happens, in that turn, with no greenlet current. What they are given is
 *   live and goes on changing; they keep what they need of it.
 * - A listener that throws is told of nothing more and reported once. Nobody else notices.
 *
 * @module
 */
import { current, type Op, type Runner, setCurrent } from "./op.ts";

/** Work that was sent to a worker, or a `Process`. */
export interface TaskInfo {
  /** A number no other task of this isolate has. */
  readonly id: number;
  /** The function it runs. */
  readonly name: string;
  /** The worker it was sent to. */
  readonly worker: string;
  /** How many items of a map it brings; 1 for a call. */
  readonly items: number;
  /** The greenlet that asked for it, null for the program outside of any. */
  readonly caller: Runner | null;
  /** Whether the worker may run others meanwhile, as it waits for something. */
  readonly late: boolean;
}

/** How a task failed. */
export interface Failure {
  /** What it threw, or what became of its worker. */
  readonly error: unknown;
}

/**
 * What can be listened for. Greenlets come as `Runner`, because this file lies below greenlet.ts;
 * a listener may declare its parameters as `Greenlet`.
 */
export interface Listener {
  /** A greenlet was started, by `start` or by the first switch to it. One killed before has no such event. */
  spawn?(greenlet: Runner): void;
  /** Control went from one to the other; null is the hub or the program outside of any greenlet. */
  switch?(from: Runner | null, to: Runner | null): void;
  /**
   * A greenlet waits for `op`, which has a reason, an object and perhaps a holder. One with an async body
   * may await several at a time; then `greenlet.wait` is not `op`.
   */
  park?(greenlet: Runner, op: Op<unknown>): void;
  /**
   * A greenlet that waited or gave way is ready; `op` is what it waited for, null when it only gave
   * way or was switched to. `by` is null when a timer, IO, a promise or the end of another woke it.
   */
  wake?(greenlet: Runner, op: Op<unknown> | null, by: Runner | null): void;
  /** A greenlet has ended with this value or error. */
  finish?(greenlet: Runner, failed: boolean, outcome: unknown): void;
  /** A greenlet is killed; `by` is null outside of any. */
  kill?(greenlet: Runner, error: unknown, by: Runner | null): void;
  /** The isolate was held for `ms` milliseconds by one of `suspects`. */
  blocked?(ms: number, suspects: readonly Runner[]): void;
  /** A task was sent to a worker. */
  taskStart?(task: TaskInfo): void;
  /** A task has ended, or will not run there after all; `failure` holds its error if it failed. */
  taskEnd?(task: TaskInfo, failure: Failure | null): void;
}

type Hook<K extends keyof Listener> = NonNullable<Listener[K]> | null;

/** Hook of {@linkcode Listener.spawn}. */
export let onSpawn: Hook<"spawn"> = null;
/** Hook of {@linkcode Listener.switch}. */
export let onSwitch: Hook<"switch"> = null;
/** Hook of {@linkcode Listener.park}. */
export let onPark: Hook<"park"> = null;
/** Hook of {@linkcode Listener.wake}. */
export let onWake: Hook<"wake"> = null;
/** Hook of {@linkcode Listener.finish}. */
export let onFinish: Hook<"finish"> = null;
/** Hook of {@linkcode Listener.kill}. */
export let onKill: Hook<"kill"> = null;
/** Hook of {@linkcode Listener.blocked}. */
export let onBlocked: Hook<"blocked"> = null;
/** Hook of {@linkcode Listener.taskStart}. */
export let onTaskStart: Hook<"taskStart"> = null;
/** Hook of {@linkcode Listener.taskEnd}. */
export let onTaskEnd: Hook<"taskEnd"> = null;

const listeners: Listener[] = [];

/** Tells `listener` of what it has methods for, until the function that is returned is called. */
export function listen(listener: Listener): () => void {
  listeners.push(listener);
  setHooks();
  return () => unlisten(listener);
}

function unlisten(listener: Listener): void {
  const at = listeners.indexOf(listener);
  if (at < 0) return;
  listeners.splice(at, 1);
  setHooks();
}

let whenChanged: () => void = () => {};
/** Calls `callback` after somebody began or ended to listen; trampoline.ts has to know. */
export function onListening(callback: () => void): void {
  whenChanged = callback;
}

function setHooks(): void {
  onSpawn = hook("spawn");
  onSwitch = hook("switch");
  onPark = hook("park");
  onWake = hook("wake");
  onFinish = hook("finish");
  onKill = hook("kill");
  onBlocked = hook("blocked");
  onTaskStart = hook("taskStart");
  onTaskEnd = hook("taskEnd");
  whenChanged();
}

type Tell = (a: unknown, b: unknown, c: unknown) => void;

/** One function that tells all who listen for this kind. */
function hook<K extends keyof Listener>(kind: K): Hook<K> {
  const tells = listeners.filter((each) => each[kind] !== undefined).map((each) =>
    guarded(each, each[kind] as Tell)
  );
  if (tells.length < 2) return (tells[0] ?? null) as Hook<K>;
  const tellAll: Tell = (a, b, c) => {
    for (const tell of tells) tell(a, b, c);
  };
  return tellAll as Hook<K>;
}

function guarded(listener: Listener, method: Tell): Tell {
  return (a, b, c) => {
    const running = current;
    if (running !== null) setCurrent(null);
    try {
      method.call(listener, a, b, c);
    } catch (error) {
      drop(listener, error);
    }
    if (running !== null) setCurrent(running);
  };
}

function drop(listener: Listener, error: unknown): void {
  if (!listeners.includes(listener)) return; // of several calls under way the first has reported
  unlisten(listener);
  // deno-lint-ignore no-console -- nobody else is there to be told
  console.error("A listener to events of greenlets failed and is told of nothing more:", error);
}
