// Copyright 2026 the Tendril authors. MIT license.
/**
 * Message channels of Node's kind: their ports hear of the end of the other side, and can let the process
 * end. Loaded when the first is made, because that takes as long as starting a worker.
 *
 * @module
 */

/** A port of such a channel. */
export interface NodePort extends MessagePort {
  /** Lets it keep the process from ending. */
  ref(): void;
  /** Takes {@linkcode NodePort.ref} back. */
  unref(): void;
  /** Calls `listener` when the other side is gone. */
  on(event: "close", listener: () => void): void;
}

/** A channel. */
export interface NodeChannel {
  /** One end. */
  readonly port1: NodePort;
  /** The other end. */
  readonly port2: NodePort;
}

interface NodeModules {
  process: { getBuiltinModule(name: string): { MessageChannel: new () => NodeChannel } };
}

/** Makes a channel. */
export function makeChannel(): NodeChannel {
  const { process } = globalThis as unknown as NodeModules;
  return new (process.getBuiltinModule("node:worker_threads").MessageChannel)();
}
