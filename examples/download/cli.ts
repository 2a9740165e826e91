// Copyright 2026 the Tendril authors. MIT license.
/**
 * The downloader as a program.
 *
 * @module
 */
import { type Coroutine, getHub, GreenletExit, until } from "../../mod.ts";
import { input, readTextFile } from "../../runtime/io/mod.ts";
import { type CommandLine, parseCommandLine } from "./command_line.ts";
import { reasonOf, UsageError } from "./errors.ts";
import type { DownloadItem } from "./item.ts";
import { runJob } from "./job.ts";
import { parseList } from "./list.ts";

// Deno loads what a literal names before the program starts, and few want these.
const INSPECT = "../../runtime/inspect/mod.ts";
const DEMO = "./demo.ts";

/** Does what the command line asks for. */
export function* cli(args: string[]): Coroutine<void> {
  getHub().maxBlockingTime = 0; // what is said of long turns is for who writes programs
  try {
    yield* obey(parseCommandLine(args));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message}\nSee --help`);
    Deno.exitCode = 2;
  }
}

function* obey(commandLine: CommandLine): Coroutine<void> {
  const { options, json } = commandLine;
  if (commandLine.help) {
    const { HELP } = yield* until(import("./help.ts"));
    return console.log(HELP);
  }
  if (commandLine.version) {
    const { default: { name, version } } = yield* until(
      import("../../deno.json", { with: { type: "json" } }),
    );
    return console.log(`${name}/download ${version}`);
  }
  if (commandLine.inspect) {
    const { inspector }: typeof import("../../runtime/inspect/mod.ts") = yield* until(
      import(INSPECT),
    );
    console.error(`Inspector: ${inspector().url}`);
    if (Deno.stdin.isTerminal()) {
      console.error("Press Enter when the page is open");
      yield* input();
    }
  }
  if (commandLine.items.length === 0 && commandLine.input === undefined) {
    const { runDemo }: typeof import("./demo.ts") = yield* until(import(DEMO));
    return yield* runDemo(options, commandLine);
  }
  const items = yield* readItems(commandLine);
  if (commandLine.dryRun) {
    const { dryRun } = yield* until(import("./dry_run.ts"));
    if (!(yield* dryRun(items, options, json))) Deno.exitCode = 1;
  } else {
    yield* runJob(items, options, commandLine);
  }
}

function* readItems({ items, input }: CommandLine): Coroutine<DownloadItem[]> {
  if (input === undefined) return items;
  const all = [...items, ...parseList(yield* readList(input))];
  if (all.length === 0) throw new UsageError(`Cannot download anything: "${input}" has no URL`);
  return all;
}

function* readList(path: string): Coroutine<string> {
  try {
    return path === "-"
      ? yield* until(new Response(Deno.stdin.readable).text())
      : yield* readTextFile(path);
  } catch (error) {
    if (error instanceof GreenletExit) throw error;
    throw new UsageError(`Cannot read the list "${path}": ${reasonOf(error)}`);
  }
}
