// Copyright 2026 the Tendril authors. MIT license.
/**
 * A link is what a pool has of one worker, whatever the backend: it sends messages, hears of the
 * worker's end, and can end it.
 *
 * @module
 */
import type { Definition } from "./load.ts";
import type { FromWorker, ToWorker } from "./protocol.ts";

/** What a worker is given at its start. */
export interface Start {
  /** Shown in errors and stacks. */
  readonly name: string;
  /** Whether the program may end without waiting for it. */
  readonly daemon: boolean;
  /** What to run before the first item. */
  readonly initializer: Definition | undefined;
  /** Its arguments. */
  readonly initArgs: unknown[];
}

/** What a worker runs on: a thread, a process, or the isolate that uses it. */
export type BackendName = "worker" | "process" | "inline";

/** Told of what comes from a worker. */
export interface Listener {
  /** It said something. */
  receive(message: FromWorker): void;
  /** It ended without saying so, or never began. */
  lost(why: string, exitCode?: number): void;
  /** Nothing is left of it, or it was given up. Comes last. */
  gone(): void;
}

/** One worker. */
export interface Link {
  /** A number no other worker of this backend has. */
  readonly pid: number;
  /** The memory it shares with the pool, `null` where there is none. */
  readonly control: Int32Array | null;
  /**
   * Sends a message.
   *
   * @throws {DataCloneError} If something in it cannot be cloned.
   */
  post(message: ToWorker, transfer: Transferable[]): void;
  /** Hands over a small call in a quicker way, if the worker has nothing else to do; else gives false. */
  mail?(fn: number, item: number, args: readonly unknown[]): boolean;
  /** From now on the process does not end before the worker. */
  hold(): void;
  /** Takes {@linkcode Link.hold} back. */
  release(): void;
  /** Ends it, as hard as the backend can; `gently` lets a process hear of it by a signal. */
  stop(gently?: boolean): void;
}

/** Starts a worker. */
export type Connect = (start: Start, listener: Listener) => Link;
