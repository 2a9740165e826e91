// Copyright 2026 the Tendril authors. MIT license.
/**
 * The command line.
 *
 * @module
 */
import { parseArgs, type ParseOptions } from "@std/cli/parse-args";
import { UsageError } from "./errors.ts";
import type { DownloadItem } from "./item.ts";
import type { DownloadAllOptions, IfExists } from "./options.ts";

/** What the command line asks for. */
export interface CommandLine {
  /** Whether to print the help and do nothing. */
  readonly help: boolean;
  /** Whether to print the version and do nothing. */
  readonly version: boolean;
  /** Whether to print what would be done. */
  readonly dryRun: boolean;
  /** Whether to print lines of JSON. */
  readonly json: boolean;
  /** Whether to show how far it is. */
  readonly progress: boolean;
  /** Whether to show the greenlets in a page. */
  readonly inspect: boolean;
  /** What to download. */
  readonly items: DownloadItem[];
  /** The file with more of it. */
  readonly input: string | undefined;
  /** How to download. */
  readonly options: DownloadAllOptions;
}

/** Options that are numbers, and their least value. */
const NUMBERS = {
  concurrency: 1,
  "per-host": 1,
  segments: 1,
  retries: 0,
  "connect-timeout": 1,
  "header-timeout": 1,
  "stall-timeout": 1,
  "max-time": 1,
} as const;
/** Options that are numbers of bytes: 500K, 8M and 1G are some, too. */
const SIZES = { "piece-size": 1, "min-speed": 0, "limit-rate": 1 } as const;
const TEXTS = ["dir", "output", "input", "checksum", "if-exists"] as const;
const LISTS = ["header", "mirror"] as const;
const SWITCHES = [
  "help",
  "version",
  "dry-run",
  "json",
  "progress",
  "continue",
  "allow-downgrade",
  "inspect",
] as const;
const WAYS: readonly string[] = ["skip", "overwrite", "rename", "newer"] satisfies IfExists[];

/**
 * Reads the command line.
 *
 * @throws {UsageError} If something in it is not understood.
 */
export function parseCommandLine(args: string[]): CommandLine {
  // Its types know no lists of names.
  const parsed: Record<string, unknown> = parseArgs(args, {
    boolean: SWITCHES,
    string: ["_", ...TEXTS, ...Object.keys(NUMBERS), ...Object.keys(SIZES)],
    collect: LISTS,
    negatable: ["continue", "progress"],
    default: { continue: true, progress: true },
    alias: {
      dir: "d",
      output: "o",
      input: "i",
      concurrency: "j",
      "per-host": "x",
      segments: "s",
    },
    unknown(arg, key) {
      if (key !== undefined) {
        throw new UsageError(`Cannot understand "${arg}": there is no such option`);
      }
    },
  } as ParseOptions);
  const flag = (name: typeof SWITCHES[number]) => parsed[name] === true;
  const text = (name: typeof TEXTS[number]) => readText(name, parsed[name]);
  const lists = (name: typeof LISTS[number]) => ((parsed[name] ?? []) as unknown[]).map(String);
  const options: DownloadAllOptions = {
    resume: flag("continue"),
    allowDowngrade: flag("allow-downgrade"),
    sha256: flag("json"),
  };
  for (const [name, least] of Object.entries(NUMBERS)) {
    const value = readText(name, parsed[name]);
    if (value !== undefined) options[camelCase(name)] = readNumber(name, value, least);
  }
  for (const [name, least] of Object.entries(SIZES)) {
    const value = readText(name, parsed[name]);
    if (value !== undefined) options[camelCase(name)] = readSize(name, value, least);
  }
  const headers = lists("header").map(readHeader);
  if (headers.length > 0) options.headers = Object.fromEntries(headers);
  const ifExists = text("if-exists");
  if (ifExists !== undefined) options.ifExists = readWay(ifExists);
  const urls = (parsed._ as unknown[]).map(String);
  const one = { out: text("output"), checksum: text("checksum"), mirrors: lists("mirror") };
  const input = text("input");
  checkOne(urls, input, one);
  let dir = text("dir");
  const folder = one.out === undefined ? -1 : one.out.lastIndexOf("/");
  if (folder >= 0) {
    const below = one.out!.slice(0, Math.max(1, folder));
    dir = dir === undefined || below.startsWith("/") ? below : `${dir}/${below}`;
    one.out = one.out!.slice(folder + 1);
  }
  if (dir !== undefined) options.dir = dir;
  return {
    help: flag("help"),
    version: flag("version"),
    dryRun: flag("dry-run"),
    json: flag("json"),
    progress: flag("progress"),
    inspect: flag("inspect"),
    items: urls.map((url) => ({ url, ...one })),
    input,
    options,
  };
}

/** Some options are about one file. */
function checkOne(
  urls: string[],
  input: string | undefined,
  { out, checksum, mirrors }: Omit<DownloadItem, "url">,
): void {
  if (urls.length === 1 && input === undefined) return;
  const name = out !== undefined
    ? "output"
    : checksum !== undefined
    ? "checksum"
    : mirrors?.length
    ? "mirror"
    : undefined;
  if (name === undefined) return;
  throw new UsageError(
    `Cannot understand --${name}: it is for exactly one URL; use --input for more`,
  );
}

type NumberKey =
  | "concurrency"
  | "perHost"
  | "segments"
  | "retries"
  | "connectTimeout"
  | "headerTimeout"
  | "stallTimeout"
  | "maxTime"
  | "pieceSize"
  | "minSpeed"
  | "limitRate";

function camelCase(name: string): NumberKey {
  return name.replace(/-(.)/g, (_, letter) => letter.toUpperCase()) as NumberKey;
}

function readText(name: string, value: unknown): string | undefined {
  if (value === undefined || (typeof value === "string" && value !== "")) return value;
  throw new UsageError(`Cannot understand --${name}: it needs one value`);
}

function readNumber(name: string, value: string, least: number): number {
  const number = Number(value);
  if (Number.isSafeInteger(number) && number >= least && value.trim() !== "") return number;
  throw new UsageError(
    `Cannot understand --${name}: it must be a whole number of at least ${least}, got "${value}"`,
  );
}

function readSize(name: string, value: string, least: number): number {
  const [, digits, unit = ""] = /^(\d+(?:\.\d+)?)([kmg]?)(?:i?b)?$/i.exec(value) ?? [];
  const bytes = Math.round(Number(digits) * 1024 ** " kmg".indexOf(unit.toLowerCase() || " "));
  if (bytes >= least) return bytes;
  throw new UsageError(
    `Cannot understand --${name}: it must be a number of bytes such as 500K or 8M, got "${value}"`,
  );
}

function readHeader(text: string): [string, string] {
  const [, name, value] = /^\s*([!#$%&'*+.^`|~\w-]+)\s*:\s*(.*?)\s*$/.exec(text) ?? [];
  if (name !== undefined && value !== undefined) return [name, value];
  throw new UsageError(`Cannot understand --header: write 'Name: value', got "${text}"`);
}

function readWay(text: string): IfExists {
  if (WAYS.includes(text)) return text as IfExists;
  throw new UsageError(`Cannot understand --if-exists: it is ${WAYS.join(", ")}, got "${text}"`);
}
