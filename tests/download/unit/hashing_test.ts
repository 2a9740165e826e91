// Copyright 2026 the Tendril authors. MIT license.
import { assertEquals } from "@std/assert";
import { hashBytes, hashFile, makeHashers } from "../../../examples/download/hashing.ts";
import { ALGORITHMS } from "../../../examples/download/checksum.ts";
import { content, digest } from "../fault_server/content.ts";

const BYTES = content(1, 3_000_000);

Deno.test("a file has the same digests in a worker as its bytes have here", async () => {
  const path = await Deno.makeTempFile();
  await Deno.writeFile(path, BYTES);
  const expected = ALGORITHMS.map((algorithm) => digest(BYTES, algorithm));
  assertEquals(hashBytes(BYTES, ALGORITHMS), expected);
  const hashers = makeHashers();
  assertEquals(await hashers.apply(hashFile, [path, ALGORITHMS]), expected);
  hashers.close();
  await hashers.join();
  await Deno.remove(path);
});
