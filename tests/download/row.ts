// Copyright 2026 the Tendril authors. MIT license.
// A table of faults and what has to come of them. Each row is a test with a server of its own. The first
// of a family runs the tool as a process; the others, to be done soon, what that stands on.

import { assert } from "@std/assert";
import { type Served, SMALL } from "./fault_server/content.ts";
import { FaultServer, type Plan, type Source } from "./fault_server/server.ts";
import { runLibrary } from "./library.ts";
import { assertFailed, assertFile, Folder, type Ran, runTool } from "./tool.ts";

/** One fault, and its outcome. */
export interface Row {
  /** What the server does. */
  readonly fault: string;
  /** How it does that. */
  readonly plan?: Plan;
  /** What is behind the URL; {@linkcode SMALL} by default. */
  readonly source?: Source;
  /** What is asked of the tool. */
  readonly args?: readonly string[];
  /** Whether it could harm the process that it runs in. */
  readonly apart?: boolean;
  /** The right file, or an error of which this can be said, or either. */
  readonly outcome: Served | RegExp | readonly [Served, RegExp];
  /** What else is true afterwards. */
  readonly check?: (end: End) => void;
}

/** What there is to look at when a run is over. */
export interface End {
  readonly ran: Ran;
  readonly server: FaultServer;
  readonly folder: Folder;
}

/** The name of the file that every row downloads. */
export const NAME = "file.bin";
/** Its path on the server. */
export const PATH = `/${NAME}`;

/** Short limits, so that the whole table is done soon; a row's own come after them. */
export const LIMITS = [
  "--connect-timeout=10000",
  "--header-timeout=10000",
  "--stall-timeout=10000",
  "--retries=2",
];

/** Makes a test of each row. */
export function table(family: string, rows: readonly Row[]): void {
  for (const [i, row] of rows.entries()) {
    const result = row.outcome instanceof RegExp
      ? "an error"
      : "bytes" in row.outcome
      ? "the right file"
      : "the right file or an error";
    Deno.test(`${family}: ${row.fault}: ${result}`, () =>
      runRow(row, i === 0 || row.apart ? downloadByTool : download));
  }
}

async function runRow(
  { plan, source = SMALL, args = [], outcome, check }: Row,
  download: Download,
): Promise<void> {
  await using server = await FaultServer.start();
  await using folder = new Folder();
  server.serve(PATH, source, plan);
  const ran = await download(folder, server.url(PATH), ...args);
  assertOutcome(ran, folder, outcome);
  check?.({ ran, server, folder });
}

/** Downloads into a folder; the arguments are those of the command line. */
export type Download = (folder: Folder, ...args: string[]) => Promise<Ran>;

/** Downloads in this process, with short limits. */
export const download: Download = (folder, ...args) => runLibrary([...common(folder), ...args]);

/** Downloads in a process of its own, with short limits. */
export const downloadByTool: Download = (folder, ...args) =>
  runTool(["--no-progress", ...common(folder), ...args]);

function common(folder: Folder): string[] {
  return ["--json", "-d", folder.path, ...LIMITS];
}

/** Checks what a run led to. */
export function assertOutcome(ran: Ran, folder: Folder, outcome: Row["outcome"]): void {
  if (outcome instanceof RegExp) assertFailed(ran, folder, outcome);
  else if ("bytes" in outcome) assertFile(ran, folder, NAME, outcome.bytes);
  else if (ran.code === 0) assertFile(ran, folder, NAME, outcome[0].bytes);
  else assertFailed(ran, folder, outcome[1]);
}

/** A check: that the server was asked so often for the file. */
export function asked(times: number): (end: End) => void {
  return ({ server }) => {
    const gets = server.requests(PATH).filter(({ method }) => method === "GET").length;
    assert(gets === times, `The server was asked ${gets} times, not ${times}`);
  };
}
