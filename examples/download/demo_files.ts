// Copyright 2026 the Tendril authors. MIT license.
/**
 * The files of the demo: made of random numbers with a seed, so that each run is about the same ones
 * and meets the same trouble.
 *
 * @module
 */
import { hashBytes } from "./hashing.ts";

/** What goes wrong with a request: an answer without the file, a broken connection, or silence. */
export type Fault = "unavailable" | "drop" | "stall";

/** A file of the demo. */
export interface DemoFile {
  /** Its name. */
  readonly name: string;
  /** What is in it. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Its SHA-256, in hexadecimal digits. */
  readonly sha256: string;
  /** How long the server takes to answer, in milliseconds. */
  readonly latency: number;
  /** How long it takes for each piece of the body, in milliseconds. */
  readonly pace: number;
  /** What goes wrong with its first requests, one after another. */
  readonly faults: readonly Fault[];
}

const COUNT = 120;
const SMALLEST = 1024;
const LARGEST = 4 * 1024 * 1024;
/** The places in the list of the files that stall, early so that nobody waits for them at the end. */
const STALLING = new Set([3, 17]);

/** Makes the files. */
export function makeDemoFiles(seed = 2026): DemoFile[] {
  const random = seededRandom(seed);
  const between = (least: number, most: number) => Math.floor(least + random() * (most - least));
  // Every file is a piece of one block: making 60 MiB of random numbers would take a second.
  const block = new Uint8Array(2 * LARGEST);
  const numbers = new Uint32Array(block.buffer);
  for (let i = 0; i < numbers.length; i++) numbers[i] = random() * 2 ** 32;
  return Array.from({ length: COUNT }, (_, i) => {
    const length = Math.round(SMALLEST * (LARGEST / SMALLEST) ** random());
    const bytes = block.subarray(between(0, LARGEST)).subarray(0, length);
    return {
      name: `file-${String(i + 1).padStart(3, "0")}.bin`,
      bytes,
      sha256: hashBytes(bytes, ["sha256"])[0]!,
      latency: between(20, 300),
      pace: between(4, 20),
      faults: STALLING.has(i) ? ["stall"] : FAULTS[between(0, FAULTS.length)]!,
    };
  });
}

/** About one file in six has a fault. */
const FAULTS: Fault[][] = [
  ["unavailable"],
  ["drop"],
  ["unavailable", "drop"],
  ...Array.from({ length: 15 }, () => []),
];

/** Random numbers from 0 to 1, the same for the same seed (the mulberry32 generator). */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
