// Copyright 2026 the Tendril authors. MIT license.
/**
 * How values look as bytes: a tag, then what the tag says. Lengths are numbers of 7 bits a byte, the
 * lowest first. Numbers of several bytes are little-endian.
 *
 * @module
 */

/** `undefined` */
export const UNDEFINED = 0;
/** `null` */
export const NULL = 1;
/** `true` */
export const TRUE = 2;
/** `false` */
export const FALSE = 3;
/** A whole number of one byte. */
export const INT8 = 4;
/** A whole number of four bytes. */
export const INT32 = 5;
/** Any number, of eight bytes. */
export const FLOAT64 = 6;
/** Length, then a byte for each code unit. */
export const LATIN1 = 7;
/** Length in bytes, then UTF-8. */
export const UTF8 = 8;
/** Length, then two bytes for each code unit. */
export const UTF16 = 9;
/** 1 if negative, else 0; length in bytes; the magnitude. */
export const BIGINT = 10;
/** Length, then the elements. */
export const ARRAY = 11;
/** An element that an array does not have. */
export const HOLE = 12;
/** Pairs of key and value up to {@linkcode END}. */
export const OBJECT = 13;
/** The end of what has no length. */
export const END = 14;
/** Size, then pairs of key and value. */
export const MAP = 15;
/** Size, then the members. */
export const SET = 16;
/** The time, of eight bytes. */
export const DATE = 17;
/** Source and flags. */
export const REGEXP = 18;
/** Length, then the bytes. */
export const BUFFER = 19;
/** The kind of view, length in bytes, then the bytes. */
export const VIEW = 20;
/** Name, message and stack; then, in an object, what else it has. */
export const ERROR = 21;
/** The primitive that is boxed. */
export const BOXED = 22;
/** The number of an object that was met before, in the order in which they were met. */
export const AGAIN = 23;

/** The kinds of view, by the number that stands for each. */
export const VIEWS: readonly (new (buffer: ArrayBuffer) => ArrayBufferView)[] = [
  Uint8Array,
  Int8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
  DataView,
  Float16Array,
];

/** The classes of error that keep their class. */
export const ERRORS: ReadonlyMap<string, ErrorConstructor> = new Map(
  [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].map((
    each,
  ) => [each.name, each as ErrorConstructor]),
);
