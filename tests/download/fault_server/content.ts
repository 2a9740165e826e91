// Copyright 2026 the Tendril authors. MIT license.
// What the server has: bytes that look random, so that a splice never goes unnoticed.

import { createHash } from "node:crypto";

/** `length` bytes that depend on `seed` only. */
export function content(seed: number, length: number): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(Math.ceil(length / 4));
  let state = Math.imul(seed + 1, 0x9e3779b1) || 1;
  for (let i = 0; i < words.length; i++) {
    // xorshift32
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[i] = state;
  }
  return new Uint8Array(words.buffer, 0, length);
}

/** The digest of `bytes` in hexadecimal digits. */
export function digest(bytes: Uint8Array, algorithm = "sha256"): string {
  return createHash(algorithm).update(bytes).digest("hex");
}

/** A file as the server has it. */
export interface Served {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** A strong one by default; null: none. */
  readonly etag?: string | null;
  /** When it changed last, as the header says it. */
  readonly lastModified?: string;
  /** Whether a part may be asked for; true by default. */
  readonly ranges?: boolean;
  /** How the end of the body is told; "length" by default. */
  readonly framing?: "length" | "chunked" | "close";
  /** More headers. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A file of 16 KiB. */
export const SMALL: Served = { bytes: content(1, 16 * 1024) };
/** Another of the same length. */
export const OTHER_SMALL: Served = { bytes: content(2, 16 * 1024) };
/** A file of 3 MiB and a bit. */
export const BIG: Served = { bytes: content(3, 3 * 1024 * 1024 + 12_345) };
/** Another of the same length. */
export const OTHER_BIG: Served = { bytes: content(4, BIG.bytes.length) };

const digests = new WeakMap<Uint8Array, string>();

/** The SHA-256 of a file. */
export function sha256Of({ bytes }: Served): string {
  let known = digests.get(bytes);
  if (known === undefined) digests.set(bytes, known = digest(bytes));
  return known;
}

/** The ETag of a file; null if it has none. */
export function etagOf(served: Served): string | null {
  return served.etag === undefined ? `"${sha256Of(served).slice(0, 16)}"` : served.etag;
}
