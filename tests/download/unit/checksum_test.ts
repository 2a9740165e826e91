// Copyright 2026 the Tendril authors. MIT license.
import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { ALGORITHMS, parseChecksum } from "../../../examples/download/checksum.ts";
import { UsageError } from "../../../examples/download/errors.ts";
import { digest } from "../fault_server/content.ts";

for (const algorithm of ALGORITHMS) {
  Deno.test(`parseChecksum() takes ${algorithm} in capitals`, () => {
    const hex = digest(new Uint8Array(), algorithm);
    assertEquals(parseChecksum(`${algorithm}:${hex}`.toUpperCase()), { algorithm, hex });
  });
}

const wrong: [string, RegExp][] = [
  ["", /ALGO:HEX/],
  ["d41d8cd98f00b204e9800998ecf8427e", /ALGO:HEX/],
  ["crc32:00000000", /ALGO is md5, sha1/],
  ["md5:", /md5 must be 32 hexadecimal digits/],
  [`md5:${"x".repeat(32)}`, /32 hexadecimal digits/],
  [`sha256:${"0".repeat(40)}`, /64 hexadecimal digits/],
];

for (const [text, message] of wrong) {
  Deno.test(`parseChecksum() refuses "${text}"`, () => {
    assertMatch(assertThrows(() => parseChecksum(text), UsageError).message, message);
  });
}
