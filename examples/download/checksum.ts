// Copyright 2026 the Tendril authors. MIT license.
/**
 * SHA-256 of bytes and of files. `node:crypto` is twice as fast as `crypto.subtle`, and can take a file
 * piece by piece.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { Coroutine } from "../../mod.ts";
import { open } from "../../runtime/io/mod.ts";
import { task } from "../../runtime/parallel/mod.ts";

const PIECE = 1024 * 1024;

/** The SHA-256 of bytes, in hexadecimal digits. */
export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The SHA-256 of a file, in hexadecimal digits; a task, so that workers can compute it. */
export const sha256OfFile: (path: string) => Coroutine<string> = task(
  import.meta,
  function* sha256OfFile(path: string): Coroutine<string> {
    const hash = createHash("sha256");
    const piece = new Uint8Array(PIECE);
    const file = yield* open(path);
    try {
      for (let size = yield* file.read(piece); size !== null; size = yield* file.read(piece)) {
        hash.update(piece.subarray(0, size));
      }
    } finally {
      file.close();
    }
    return hash.digest("hex");
  },
);
