// Copyright 2026 the Tendril authors. MIT license.
/**
 * Makes a value of the bytes that `encode` wrote.
 *
 * @module
 */
import * as tags from "./tags.ts";

// Constants of this module are part of its compiled code; imported ones are loaded each time.
const { AGAIN, ARRAY, BIGINT, BUFFER, DATE, END, ERROR, FALSE, FLOAT64, HOLE } = tags;
const { INT32, INT8, LATIN1, MAP, NULL, OBJECT, REGEXP, SET, TRUE, UNDEFINED, UTF16, UTF8 } = tags;
const { VIEW } = tags;

let bytes: Uint8Array<ArrayBuffer> = new Uint8Array(0);
let view = new DataView(bytes.buffer);
let at = 0;
let met: object[] = [];

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Decodes the first value in `source`. */
export function decode(source: Uint8Array<ArrayBuffer>): unknown {
  if (bytes !== source) {
    bytes = source;
    view = new DataView(source.buffer, source.byteOffset, source.byteLength);
  }
  at = 0;
  const value = read();
  if (met.length > 0) met = [];
  return value;
}

function read(): unknown {
  const tag = bytes[at++]!;
  switch (tag) {
    case INT8:
      return bytes[at++]! << 24 >> 24;
    case INT32:
      at += 4;
      return view.getInt32(at - 4, true);
    case FLOAT64:
      at += 8;
      return view.getFloat64(at - 8, true);
    case LATIN1:
    case UTF8:
    case UTF16:
      return readString(tag);
    case OBJECT:
      return readFields(meet({}));
    case ARRAY:
      return readArray();
    case TRUE:
      return true;
    case FALSE:
      return false;
    case NULL:
      return null;
    case UNDEFINED:
      return undefined;
    default:
      return readExotic(tag);
  }
}

function meet<T extends object>(value: T): T {
  met.push(value);
  return value;
}

function readLength(): number {
  let byte = bytes[at++]!;
  let length = byte & 127;
  for (let unit = 128; byte > 127; unit *= 128) {
    byte = bytes[at++]!;
    length += (byte & 127) * unit;
  }
  return length;
}

function readString(tag: number): string {
  const length = readLength();
  if (tag === LATIN1) return readLatin1(length);
  if (tag === UTF8) return decoder.decode(readSlice(length));
  let text = "";
  for (let i = 0; i < length; i++, at += 2) text += String.fromCharCode(view.getUint16(at, true));
  return text;
}

/** An array of each length, for the code units of a short string: the quickest way to make one. */
const units: number[][] = [];

function readLatin1(length: number): string {
  const some = units[length] ??= new Array(length).fill(0);
  for (let i = 0; i < length; i++) some[i] = bytes[at++]!;
  return String.fromCharCode.apply(null, some);
}

/** A part of the bytes, not copied. */
function readSlice(length: number): Uint8Array<ArrayBuffer> {
  at += length;
  return bytes.subarray(at - length, at);
}

function readFields<T extends object>(target: T): T {
  for (let tag = bytes[at++]!; tag !== END; tag = bytes[at++]!) {
    const key = tag === LATIN1 ? readKey() : readString(tag);
    const value = read();
    if (key !== "__proto__") (target as Record<string, unknown>)[key] = value;
    else define(target, key, value);
  }
  return target;
}

/** Keys that were read lately, by a hash: the same ones come again and again. */
const keys: string[] = new Array(256).fill("");

function readKey(): string {
  const length = readLength();
  const place = (length * 31 + bytes[at]! * 7 + bytes[at + length - 1]!) & 255;
  const known = keys[place]!;
  if (known.length === length) {
    let i = 0;
    while (i < length && known.charCodeAt(i) === bytes[at + i]) i++;
    if (i === length) {
      at += length;
      return known;
    }
  }
  return keys[place] = readLatin1(length);
}

function define(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, {
    value,
    configurable: true,
    enumerable: true,
    writable: true,
  });
}

function readArray(): unknown[] {
  const length = readLength();
  const items: unknown[] = meet([]);
  for (let i = 0; i < length; i++) {
    if (bytes[at] !== HOLE) items[i] = read();
    else at++;
  }
  items.length = length;
  return items;
}

function readExotic(tag: number): unknown {
  switch (tag) {
    case AGAIN:
      return met[readLength()];
    case BIGINT:
      return readBigint();
    case MAP: {
      const map = meet(new Map());
      for (let left = readLength(); left > 0; left--) {
        const key = read();
        map.set(key, read());
      }
      return map;
    }
    case SET: {
      const set = meet(new Set());
      for (let left = readLength(); left > 0; left--) set.add(read());
      return set;
    }
    case DATE:
      at += 8;
      return meet(new Date(view.getFloat64(at - 8, true)));
    case REGEXP: {
      const source = readString(bytes[at++]!);
      return meet(new RegExp(source, readString(bytes[at++]!)));
    }
    case BUFFER:
      return meet(readSlice(readLength()).slice().buffer);
    case VIEW: {
      const View = tags.VIEWS[bytes[at++]!]!;
      return meet(new View(readSlice(readLength()).slice().buffer));
    }
    case ERROR:
      return readError();
    default:
      return readBoxed();
  }
}

function readBigint(): bigint {
  const negative = bytes[at++] === 1;
  const magnitude = BigInt(`0x${readSlice(readLength()).toHex()}`);
  return negative ? -magnitude : magnitude;
}

function readBoxed(): object {
  const place = met.length;
  met.push(Object); // keeps its place
  return met[place] = Object(read());
}

function readError(): Error {
  const name = readString(bytes[at++]!);
  const message = readString(bytes[at++]!);
  const stack = readString(bytes[at++]!);
  const known = tags.ERRORS.get(name);
  const error = meet(new (known ?? Error)(message));
  const hidden = { configurable: true, enumerable: false, writable: true };
  Object.defineProperty(error, "stack", { ...hidden, value: stack });
  if (known === undefined) Object.defineProperty(error, "name", { ...hidden, value: name });
  at++; // the tag of the object
  return readFields(error);
}
