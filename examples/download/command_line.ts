// Copyright 2026 the Tendril authors. MIT license.
/**
 * The command line.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import type { DownloadAllOptions } from "./download_all.ts";
import { UsageError } from "./errors.ts";

/** What `--help` prints. */
export const HELP = `Downloads files, many at a time.

Usage: main.ts [options] URL…
       main.ts [options] -i FILE
       main.ts                    shows what it can, with a server of its own

  -d, --dir DIR            write to this folder; default: the current one
  -i, --input FILE         take URLs from a file: one on a line, sha256=… after it if you like
  -j, --concurrency N      files at a time; default: 16
      --retries N          how often a failed try is repeated; default: 5
      --header-timeout MS  how long an answer may take to begin; default: 30000
      --stall-timeout MS   how long nothing may arrive; default: 30000
      --help               this text

A file is called NAME.part until it is complete and its checksum is right. Ctrl-C stops all
downloads and removes the parts.

Exit code: 0 all well, 1 a file could not be had, 2 wrong usage, 130 stopped by Ctrl-C.`;

/** What the command line asks for. */
export interface CommandLine {
  /** Whether to print the help and do nothing. */
  help: boolean;
  /** The URLs. */
  urls: string[];
  /** The file with more of them. */
  input: string | undefined;
  /** How to download. */
  options: DownloadAllOptions;
}

const NUMBERS = {
  concurrency: 1,
  retries: 0,
  "header-timeout": 1,
  "stall-timeout": 1,
} as const;

/**
 * Reads the command line.
 *
 * @throws {UsageError} If something in it is not understood.
 */
export function parseCommandLine(args: string[]): CommandLine {
  const parsed = parseArgs(args, {
    boolean: ["help"],
    string: ["_", "dir", "input", ...Object.keys(NUMBERS)],
    alias: { dir: "d", input: "i", concurrency: "j" },
    unknown(arg, key) {
      if (key !== undefined) {
        throw new UsageError(`Cannot understand "${arg}": there is no such option`);
      }
    },
  });
  const options: DownloadAllOptions = {};
  const text = (name: string) => readText(name, parsed[name]);
  const number = (name: keyof typeof NUMBERS) => readNumber(name, text(name), NUMBERS[name]);
  const set = <K extends keyof DownloadAllOptions>(
    key: K,
    value: DownloadAllOptions[K] | undefined,
  ) => {
    if (value !== undefined) options[key] = value;
  };
  set("dir", text("dir"));
  set("concurrency", number("concurrency"));
  set("retries", number("retries"));
  set("headerTimeout", number("header-timeout"));
  set("stallTimeout", number("stall-timeout"));
  return { help: parsed.help, urls: parsed._.map(String), input: text("input"), options };
}

function readText(name: string, value: unknown): string | undefined {
  if (value === undefined || (typeof value === "string" && value !== "")) return value;
  throw new UsageError(`Cannot understand --${name}: it needs one value`);
}

function readNumber(name: string, value: string | undefined, least: number): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (Number.isInteger(number) && number >= least) return number;
  throw new UsageError(
    `Cannot understand --${name}: it must be a whole number of at least ${least}, got "${value}"`,
  );
}
