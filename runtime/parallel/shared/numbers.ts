// Copyright 2026 the Tendril authors. MIT license.
/**
 * The kinds of number that a SharedValue and a SharedArray hold.
 *
 * @module
 */
import { show } from "../../clock.ts";

/** What a typed array of shared memory can be, by the name of its kind. */
export interface SharedTypes {
  /** Whole numbers of 8 bits. */
  i8: Int8Array<SharedArrayBuffer>;
  /** Whole numbers of 8 bits from 0 on. */
  u8: Uint8Array<SharedArrayBuffer>;
  /** Whole numbers of 16 bits. */
  i16: Int16Array<SharedArrayBuffer>;
  /** Whole numbers of 16 bits from 0 on. */
  u16: Uint16Array<SharedArrayBuffer>;
  /** Whole numbers of 32 bits. */
  i32: Int32Array<SharedArrayBuffer>;
  /** Whole numbers of 32 bits from 0 on. */
  u32: Uint32Array<SharedArrayBuffer>;
  /** Bigints of 64 bits. */
  i64: BigInt64Array<SharedArrayBuffer>;
  /** Bigints of 64 bits from 0 on. */
  u64: BigUint64Array<SharedArrayBuffer>;
  /** Numbers of 32 bits. */
  f32: Float32Array<SharedArrayBuffer>;
  /** Numbers of 64 bits. */
  f64: Float64Array<SharedArrayBuffer>;
}

/** The name of a kind of number: `"i32"`, `"f64"`, … */
export type SharedType = keyof SharedTypes;

/** What one number of a kind is in JavaScript. */
export type SharedNumber<K extends SharedType> = SharedTypes[K][number];

interface Kind {
  readonly View: new (
    memory: SharedArrayBuffer,
    from: number,
    length: number,
  ) => SharedTypes[SharedType];
  readonly bytes: number;
  /** The smallest and the largest; absent where every number will do. */
  readonly range?: readonly [number | bigint, number | bigint];
}

const KINDS: Record<SharedType, Kind> = {
  i8: { View: Int8Array, bytes: 1, range: [-128, 127] },
  u8: { View: Uint8Array, bytes: 1, range: [0, 255] },
  i16: { View: Int16Array, bytes: 2, range: [-32768, 32767] },
  u16: { View: Uint16Array, bytes: 2, range: [0, 65535] },
  i32: { View: Int32Array, bytes: 4, range: [-(2 ** 31), 2 ** 31 - 1] },
  u32: { View: Uint32Array, bytes: 4, range: [0, 2 ** 32 - 1] },
  i64: { View: BigInt64Array, bytes: 8, range: [-(2n ** 63n), 2n ** 63n - 1n] },
  u64: { View: BigUint64Array, bytes: 8, range: [0n, 2n ** 64n - 1n] },
  f32: { View: Float32Array, bytes: 4 },
  f64: { View: Float64Array, bytes: 8 },
};

/** Refuses what is no kind of number. */
export function checkType(action: string, type: SharedType): void {
  if (Object.hasOwn(KINDS, type)) return;
  throw new TypeError(
    `Cannot ${action}: its type must be one of ${Object.keys(KINDS).join(", ")}, got ${show(type)}`,
  );
}

/** How many bytes a number of this kind takes. */
export function bytesOf(type: SharedType): number {
  return KINDS[type].bytes;
}

/** A view of numbers of a kind. */
export function viewOf<K extends SharedType>(
  type: K,
  memory: SharedArrayBuffer,
  from: number,
  length: number,
): SharedTypes[K] {
  return new KINDS[type].View(memory, from, length) as SharedTypes[K];
}

/** Refuses what a kind of number cannot hold. */
export function checkNumber(action: string, type: SharedType, value: unknown): void {
  const { range } = KINDS[type];
  checkRange(action, type, value, range?.[0], range?.[1]);
}

/** Refuses what cannot be added to a kind of number: more than leads from one end to the other. */
export function checkAmount(action: string, type: SharedType, amount: unknown): void {
  const { range } = KINDS[type];
  // Both are numbers, or both bigints.
  const most = range && (range[1] as number) - (range[0] as number);
  checkRange(action, type, amount, most && -most, most);
}

function checkRange(
  action: string,
  type: SharedType,
  value: unknown,
  least: number | bigint | undefined,
  most: number | bigint | undefined,
): void {
  const isBig = typeof most === "bigint";
  const wanted = isBig ? "bigint" : "number";
  if (isBig ? typeof value !== "bigint" : typeof value !== "number") {
    throw new TypeError(`Cannot ${action}: ${type} takes a ${wanted}, got ${show(value)}`);
  }
  if (least === undefined || most === undefined) return;
  const whole = typeof value === "bigint" || Number.isInteger(value);
  if (whole && (value as number) >= least && (value as number) <= most) return;
  throw new RangeError(
    `Cannot ${action}: ${type} takes whole numbers from ${least} to ${most}, got ${show(value)}`,
  );
}

const scratch = new DataView(new ArrayBuffer(8));

/** Adds to the number at `index` in one step that nothing comes between; gives what it was before. */
export function addTo<K extends SharedType>(
  view: SharedTypes[K],
  index: number,
  amount: SharedNumber<K>,
): SharedNumber<K> {
  const any: SharedTypes[SharedType] = view;
  if (any instanceof Float64Array) {
    const bits = new BigInt64Array(any.buffer, any.byteOffset + index * 8, 1);
    for (;;) {
      const before = Atomics.load(bits, 0);
      scratch.setBigInt64(0, before);
      const value = scratch.getFloat64(0);
      scratch.setFloat64(0, value + (amount as number));
      const after = scratch.getBigInt64(0);
      if (Atomics.compareExchange(bits, 0, before, after) === before) return value;
    }
  }
  if (any instanceof Float32Array) {
    const bits = new Int32Array(any.buffer, any.byteOffset + index * 4, 1);
    for (;;) {
      const before = Atomics.load(bits, 0);
      scratch.setInt32(0, before);
      const value = scratch.getFloat32(0);
      scratch.setFloat32(0, value + (amount as number));
      const after = scratch.getInt32(0);
      if (Atomics.compareExchange(bits, 0, before, after) === before) return value;
    }
  }
  return Atomics.add(any as Int32Array, index, amount as number);
}

/** Reads the number at `index`. */
export function load<K extends SharedType>(view: SharedTypes[K], index: number): SharedNumber<K> {
  if (view instanceof Float64Array || view instanceof Float32Array) return view[index]!;
  return Atomics.load(view as Int32Array, index);
}

/** Writes the number at `index`. */
export function store<K extends SharedType>(
  view: SharedTypes[K],
  index: number,
  value: SharedNumber<K>,
): void {
  if (view instanceof Float64Array || view instanceof Float32Array) view[index] = value as number;
  else Atomics.store(view as Int32Array, index, value as number);
}
