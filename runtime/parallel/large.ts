// Copyright 2026 the Tendril authors. MIT license.
/**
 * Large blocks of memory among arguments and results. The host's clone copies them several times; here they
 * are copied once, and the copy is moved.
 *
 * @module
 */
import { ONE_ARGUMENT } from "./protocol.ts";

/** From so many bytes on that costs less. */
const LARGE = 1 << 15;

type Block = ArrayBuffer | Uint8Array<ArrayBuffer>;

const PROTOTYPES = new Set<object>(
  [
    ArrayBuffer,
    Int8Array,
    Uint8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    Float32Array,
    Float64Array,
    BigInt64Array,
    BigUint64Array,
  ].map((each) => each.prototype),
);

function isLarge(value: unknown, moved: Transferable[]): value is Block {
  if (typeof value !== "object" || value === null) return false;
  if (!((value as Block).byteLength >= LARGE)) return false;
  if (!PROTOTYPES.has(Object.getPrototypeOf(value))) return false;
  const buffer = bufferOf(value as Block);
  return buffer instanceof ArrayBuffer && !buffer.resizable && !moved.includes(buffer);
}

function bufferOf(block: Block): ArrayBuffer {
  return block instanceof ArrayBuffer ? block : block.buffer;
}

/**
 * A list in which large blocks are copies, which are added to what is moved; `items` itself when there are
 * none, or when two of them are of the same memory, which they would not be any more.
 */
export function copyLarge(items: unknown[], transfer: Transferable[]): unknown[] {
  const places: number[] = [];
  for (let at = 0; at < items.length; at++) {
    const item = items[at];
    if (typeof item === "object" && isLarge(item, transfer)) places.push(at);
  }
  if (places.length === 0) return items;
  const buffers = new Set(places.map((at) => bufferOf(items[at] as Block)));
  if (buffers.size < places.length) return items;
  const copies = items.slice();
  for (const at of places) {
    const copy = (items[at] as Block).slice();
    copies[at] = copy;
    transfer.push(bufferOf(copy));
  }
  return copies;
}

/**
 * The same for the items of a message to a worker. What was packed with handles in it is left alone.
 */
export function moveLarge(packed: unknown, shape: number, transfer: Transferable[]): unknown {
  if (!Array.isArray(packed)) return packed;
  if (shape === ONE_ARGUMENT) return copyLarge(packed, transfer);
  return packed.map((args) => Array.isArray(args) ? copyLarge(args, transfer) : args);
}
