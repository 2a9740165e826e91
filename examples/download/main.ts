// Copyright 2026 the Tendril authors. MIT license.
/**
 * Downloads many files at once, with retries, timeouts and checksums. Without URLs it shows that on
 * files of its own.
 *
 * ```sh
 * deno task example
 * deno task example -d data -j 8 https://example.com/one.zip https://example.com/two.zip
 * ```
 *
 * @module
 */
import { type Coroutine, GreenletExit, main } from "../../mod.ts";
import { readTextFile } from "../../runtime/io/mod.ts";
import { type CommandLine, HELP, parseCommandLine } from "./command_line.ts";
import { runDemo } from "./demo.ts";
import { reasonOf, UsageError } from "./errors.ts";
import { checkNames, type DownloadItem, makeItem, parseList } from "./item.ts";
import { runJob } from "./job.ts";
import { summarize } from "./summary.ts";

function* download(args: string[]): Coroutine<void> {
  try {
    const commandLine = parseCommandLine(args);
    const { help, urls, input, options } = commandLine;
    if (help) return console.log(HELP);
    if (urls.length === 0 && input === undefined) return yield* runDemo(options);
    const report = yield* runJob(yield* readItems(commandLine), options);
    console.log(summarize(report));
    if (report.records.some(({ error }) => error !== undefined)) Deno.exitCode = 1;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message}\nSee --help`);
    Deno.exitCode = 2;
  }
}

function* readItems({ urls, input }: CommandLine): Coroutine<DownloadItem[]> {
  const items = urls.map((url) => makeItem(url));
  if (input !== undefined) items.push(...parseList(yield* readList(input)));
  if (items.length === 0) throw new UsageError(`Cannot download anything: "${input}" has no URL`);
  checkNames(items);
  return items;
}

function* readList(path: string): Coroutine<string> {
  try {
    return yield* readTextFile(path);
  } catch (error) {
    if (error instanceof GreenletExit) throw error;
    throw new UsageError(`Cannot read the list "${path}": ${reasonOf(error)}`);
  }
}

if (import.meta.main) await main(download, Deno.args);
