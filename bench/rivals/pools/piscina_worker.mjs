// Copyright 2026 the Tendril authors. MIT license.
/** Gives its argument back, or the length of what was moved to it. */
export default function same(value) {
  return value instanceof ArrayBuffer ? value.byteLength : value;
}
