// Copyright 2026 the Tendril authors. MIT license.
/**
 * How messages are written for the channel between processes. The channel's own way breaks it when
 * something in a message cannot be written; this one fails before anything is sent.
 *
 * @module
 */

interface Serializer {
  serialize(value: unknown): Uint8Array;
  deserialize(bytes: Uint8Array): unknown;
}

interface NodeModules {
  process: { getBuiltinModule(name: string): Serializer };
}

/** Loaded when the first process is started. */
let serializer: Serializer | undefined;

function loaded(): Serializer {
  const { process } = globalThis as unknown as NodeModules;
  return serializer ??= process.getBuiltinModule("node:v8");
}

/**
 * Writes a message.
 *
 * @throws {Error} If something in it cannot be written.
 */
export function write(message: unknown): Uint8Array {
  return loaded().serialize(message);
}

/** Reads a message. */
export function read(bytes: unknown): unknown {
  return loaded().deserialize(bytes as Uint8Array);
}
