// Copyright 2026 the Tendril authors. MIT license.
/**
 * Checksums as people write them: `sha256:` and hexadecimal digits.
 *
 * @module
 */
import { UsageError } from "./errors.ts";

/** What a file has to be. */
export interface Checksum {
  /** One of {@linkcode ALGORITHMS}. */
  readonly algorithm: string;
  /** Lower-case hexadecimal digits. */
  readonly hex: string;
}

const DIGITS: Record<string, number> = {
  md5: 32,
  sha1: 40,
  sha256: 64,
  sha384: 96,
  sha512: 128,
  blake2b512: 128,
};

/** What can be computed. */
export const ALGORITHMS: readonly string[] = Object.keys(DIGITS);

/**
 * Reads `ALGO:HEX`.
 *
 * @throws {UsageError} If it is something else.
 */
export function parseChecksum(text: string): Checksum {
  const [algorithm = "", hex = ""] = text.toLowerCase().replace(/^sha-/, "sha").split(":");
  const digits = DIGITS[algorithm];
  if (digits === undefined) {
    throw new UsageError(
      `Cannot check "${text}": write ALGO:HEX, where ALGO is ${ALGORITHMS.join(", ")}`,
    );
  }
  if (hex.length !== digits || /[^0-9a-f]/.test(hex)) {
    throw new UsageError(
      `Cannot check "${text}": its ${algorithm} must be ${digits} hexadecimal digits`,
    );
  }
  return { algorithm, hex };
}
