// Copyright 2026 the Tendril authors. MIT license.
// The downloader as a library, asked in the words of the command line.

import { run, Timeout, withTimeout } from "@tendril/tendril";
import { parseCommandLine } from "../../examples/download/command_line.ts";
import { downloadAll } from "../../examples/download/download_all.ts";
import { UsageError } from "../../examples/download/errors.ts";
import { GUARD, type JsonLine, type Ran } from "./tool.ts";

/** Downloads in this process, with pauses between tries that are hardly any. */
export async function runLibrary(args: string[]): Promise<Ran> {
  try {
    const { items, options } = parseCommandLine(args);
    const report = await run(() =>
      withTimeout(
        new Timeout(GUARD, new Error("It hung")),
        downloadAll(items, { ...options, retryDelay: 10 }),
      )
    );
    const lines = report.records.map(({ url, attempts, result, error }): JsonLine => ({
      url,
      path: result?.path ?? null,
      bytes: result?.bytes ?? 0,
      sha256: result?.sha256 ?? null,
      attempts,
      resumed: result?.resumed ?? false,
      status: result?.status ?? "failed",
      error: error?.reason ?? null,
    }));
    const code = lines.some(({ error }) => error !== null) ? 1 : 0;
    return { code, signal: null, out: JSON.stringify(lines), err: "", lines };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { code: 2, signal: null, out: "", err: error.message, lines: [] };
  }
}
