// Copyright 2026 the Tendril authors. MIT license.
/**
 * Digests of bytes and of files. `node:crypto` is twice as fast as `crypto.subtle`, and can take a file
 * piece by piece; workers get the path, since sending them the bytes would take longer than hashing.
 *
 * Loaded only when something is to be hashed: it brings the workers with it.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { task, WorkerPool } from "../../runtime/parallel/mod.ts";

const PIECE = 1024 * 1024;
/** Two compute faster than networks and disks deliver. */
const HASHERS = 2;

/** The digests of bytes, in hexadecimal digits. */
export function hashBytes(bytes: Uint8Array, algorithms: readonly string[]): string[] {
  return algorithms.map((algorithm) => createHash(algorithm).update(bytes).digest("hex"));
}

/** The digests of a file, in hexadecimal digits; a task, so that workers can compute them. */
export const hashFile: (path: string, algorithms: readonly string[]) => string[] = task(
  import.meta,
  function hashFile(path: string, algorithms: readonly string[]): string[] {
    const hashes = algorithms.map((algorithm) => createHash(algorithm));
    const piece = new Uint8Array(PIECE);
    using file = Deno.openSync(path);
    for (let size = file.readSync(piece); size !== null; size = file.readSync(piece)) {
      for (const hash of hashes) hash.update(piece.subarray(0, size));
    }
    return hashes.map((hash) => hash.digest("hex"));
  },
);

/** Workers that hash files. */
export function makeHashers(): WorkerPool {
  return new WorkerPool(HASHERS, { name: "hasher" });
}
