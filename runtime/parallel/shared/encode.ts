// Copyright 2026 the Tendril authors. MIT license.
/**
 * Turns a value into bytes, so that it can lie in a ring of shared memory. Everything that
 * `structuredClone` takes and that is data keeps its type: Map, Set, Date, bigint, typed arrays, errors,
 * objects that contain themselves. Objects of a user's class become plain ones, as there.
 *
 * Written by hand: a number takes a tenth of the time that it takes as JSON, which would lose the types, a
 * small object half of it, and `node:v8` takes several times as long as JSON.
 *
 * Invariants:
 * - The bytes of the last {@linkcode encode} are the first of `scratch` and of `scratchWords`, until the
 *   next one.
 * - `met` holds every object in the order in which `decode` will make them.
 *
 * @module
 */
import { show } from "../../clock.ts";
import { IS_HANDLE } from "./handle.ts";
import * as tags from "./tags.ts";

// Constants of this module are part of its compiled code; imported ones are loaded each time.
const { AGAIN, ARRAY, BIGINT, BOXED, BUFFER, DATE, END, ERROR, FALSE, FLOAT64, HOLE } = tags;
const { INT32, INT8, LATIN1, MAP, NULL, OBJECT, REGEXP, SET, TRUE, UNDEFINED, UTF16, UTF8 } = tags;
const { VIEW } = tags;

/** Up to this length a string is written by hand; beyond it a call into the host is quicker. */
const SHORT = 48;
/** From so many objects on, a Map tells quicker than a look at each whether one was met before. */
const MANY = 16;
/** A scratch beyond this is given back after use. */
const LARGE = 1 << 20;

/** The bytes of what was encoded last. */
let scratch: Uint8Array<ArrayBuffer>;
/** The same as words. */
export let scratchWords: Int32Array<ArrayBuffer>;
let view: DataView;
allocate(4096);

function allocate(length: number): void {
  scratch = new Uint8Array(length + 3 & ~3);
  scratchWords = new Int32Array(scratch.buffer);
  view = new DataView(scratch.buffer);
}

let at = 0;
let met: object[] = [];
let places: Map<object, number> | null = null;

const encoder = new TextEncoder();

/**
 * Encodes `value` into {@linkcode scratchWords} and gives the number of bytes.
 *
 * @throws {DOMException} A DataCloneError if a part of it cannot be cloned.
 */
export function encode(value: unknown): number {
  at = 0;
  try {
    write(value);
  } finally {
    if (met.length > 0) met = [];
    places = null;
  }
  return at;
}

/** Gives a scratch back that was made for something large. */
export function trim(): void {
  if (scratch.length > LARGE) allocate(4096);
}

/** Makes room for `more` bytes. */
function reserve(more: number): void {
  if (at + more <= scratch.length) return;
  const before = scratch;
  allocate(Math.max(before.length * 2, at + more));
  scratch.set(before.subarray(0, at));
}

function write(value: unknown): void {
  reserve(16);
  switch (typeof value) {
    case "number":
      return writeNumber(value);
    case "string":
      return writeString(value);
    case "object":
      return value === null ? writeTag(NULL) : writeObject(value);
    case "boolean":
      return writeTag(value ? TRUE : FALSE);
    case "undefined":
      return writeTag(UNDEFINED);
    case "bigint":
      return writeBigint(value);
    default:
      throw uncloneable(value);
  }
}

function writeTag(tag: number): void {
  scratch[at++] = tag;
}

function writeNumber(value: number): void {
  const whole = value | 0;
  if (whole !== value || (whole === 0 && Object.is(value, -0))) {
    scratch[at] = FLOAT64;
    view.setFloat64(at + 1, value, true);
    at += 9;
  } else if (whole === whole << 24 >> 24) {
    scratch[at] = INT8;
    scratch[at + 1] = whole;
    at += 2;
  } else {
    scratch[at] = INT32;
    view.setInt32(at + 1, whole, true);
    at += 5;
  }
}

function writeLength(length: number): void {
  while (length > 127) {
    scratch[at++] = length & 127 | 128;
    length = Math.floor(length / 128);
  }
  scratch[at++] = length;
}

function writeString(text: string): void {
  const { length } = text;
  if (length <= SHORT) return writeShort(text);
  if (!text.isWellFormed()) return writeWide(text);
  // The length comes first and is known last: it takes as many bytes as that of the longest outcome.
  reserve(length * 3 + 16);
  const start = at;
  writeTag(UTF8);
  writeLength(length * 3);
  const from = at;
  const { written } = encoder.encodeInto(text, scratch.subarray(from));
  at = start + 1;
  let left = written;
  for (; at < from - 1; left = Math.floor(left / 128)) scratch[at++] = left & 127 | 128;
  scratch[at++] = left;
  at = from + written;
}

function writeShort(text: string): void {
  const { length } = text;
  const start = at;
  reserve(length + 8);
  writeTag(LATIN1);
  scratch[at++] = length;
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 255) {
      at = start;
      return writeWide(text);
    }
    scratch[at++] = unit;
  }
}

function writeWide(text: string): void {
  reserve(text.length * 2 + 16);
  writeTag(UTF16);
  writeLength(text.length);
  for (let i = 0; i < text.length; i++, at += 2) view.setUint16(at, text.charCodeAt(i), true);
}

function writeBigint(value: bigint): void {
  writeTag(BIGINT);
  writeTag(value < 0n ? 1 : 0);
  let digits = (value < 0n ? -value : value).toString(16);
  if (digits.length % 2 === 1) digits = `0${digits}`;
  writeBytes(Uint8Array.fromHex(digits));
}

function writeBytes(bytes: Uint8Array): void {
  reserve(bytes.length + 16);
  writeLength(bytes.length);
  scratch.set(bytes, at);
  at += bytes.length;
}

/** Writes only a reference if `value` was met before. */
function isAgain(value: object): boolean {
  let place: number | undefined;
  if (places !== null) place = places.get(value);
  else {
    const found = met.indexOf(value);
    if (found >= 0) place = found;
  }
  if (place !== undefined) {
    writeTag(AGAIN);
    writeLength(place);
    return true;
  }
  places?.set(value, met.length);
  met.push(value);
  if (met.length === MANY) places = new Map(met.map((each, i) => [each, i]));
  return false;
}

function writeObject(value: object): void {
  if (isAgain(value)) return;
  const prototype = Object.getPrototypeOf(value);
  if (prototype === Object.prototype) return writeFields(value);
  if (Array.isArray(value)) return writeArray(value);
  if (prototype === null) return writeFields(value);
  writeExotic(value);
}

function writeFields(value: object): void {
  writeTag(OBJECT);
  for (const key of Object.keys(value)) {
    writeKey(key);
    write((value as Record<string, unknown>)[key]);
  }
  reserve(1);
  writeTag(END);
}

function writeKey(key: string): void {
  if (key.length <= SHORT) writeShort(key);
  else {
    reserve(16);
    writeString(key);
  }
}

function writeArray(items: unknown[]): void {
  writeTag(ARRAY);
  writeLength(items.length);
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    if (item !== undefined || i in items) write(item);
    else {
      reserve(1);
      writeTag(HOLE);
    }
  }
}

function writeExotic(value: object): void {
  if (ArrayBuffer.isView(value)) return writeView(value);
  if (value instanceof Error) return writeError(value);
  switch (Object.prototype.toString.call(value)) {
    case "[object Map]":
      writeTag(MAP);
      writeLength((value as Map<unknown, unknown>).size);
      for (const [key, item] of value as Map<unknown, unknown>) {
        write(key);
        write(item);
      }
      return;
    case "[object Set]":
      writeTag(SET);
      writeLength((value as Set<unknown>).size);
      for (const item of value as Set<unknown>) write(item);
      return;
    case "[object Date]":
      writeTag(DATE);
      view.setFloat64(at, (value as Date).getTime(), true);
      at += 8;
      return;
    case "[object RegExp]":
      writeTag(REGEXP);
      writeString((value as RegExp).source);
      reserve(16);
      return writeString((value as RegExp).flags);
    case "[object ArrayBuffer]":
      writeTag(BUFFER);
      return writeBytes(new Uint8Array(value as ArrayBuffer));
    case "[object Number]":
    case "[object String]":
    case "[object Boolean]":
    case "[object BigInt]":
      writeTag(BOXED);
      return write(value.valueOf());
    case "[object Object]":
      if (!(IS_HANDLE in value)) return writeFields(value);
  }
  throw uncloneable(value);
}

function writeView(value: ArrayBufferView): void {
  if (value.buffer instanceof SharedArrayBuffer) throw uncloneable(value);
  const kind = tags.VIEWS.findIndex((each) => value instanceof each);
  writeTag(VIEW);
  writeTag(kind);
  writeBytes(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
}

function writeError(error: Error): void {
  writeTag(ERROR);
  for (const text of [error.name, error.message, error.stack ?? ""]) {
    reserve(16);
    writeString(String(text));
  }
  const { cause, errors } = error as Error & { errors?: unknown };
  const rest: Record<string, unknown> = {};
  for (const key of Object.keys(error)) rest[key] = (error as unknown as typeof rest)[key];
  if (Object.hasOwn(error, "cause")) rest.cause = cause;
  if (Object.hasOwn(error, "errors")) rest.errors = errors;
  reserve(1);
  writeFields(rest);
}

function uncloneable(value: unknown): DOMException {
  const why = typeof value === "object" && value !== null && IS_HANDLE in value
    ? "what is shared by all workers goes to one as an argument of its task"
    : "only data can go to another worker";
  return new DOMException(`Cannot clone ${show(value)}: ${why}`, "DataCloneError");
}
