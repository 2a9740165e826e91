// Copyright 2026 the Tendril authors. MIT license.
/**
 * The demo: downloads everything from a server in this very process.
 *
 * @module
 */
import { type Coroutine, until } from "../../mod.ts";
import { remove } from "../../runtime/io/mod.ts";
import { type DemoFile, type Fault, makeDemoFiles } from "./demo_files.ts";
import { startDemoServer } from "./demo_server.ts";
import { type JobView, runJob } from "./job.ts";
import type { DownloadAllOptions } from "./options.ts";
import { size } from "./progress.ts";

/** What suits a server on this machine that falls silent on purpose. */
const DEMO = { retryDelay: 200, stallTimeout: 1500, concurrency: 16, perHost: 16 };

/** Runs the demo; it leaves no file behind. */
export function* runDemo(options: DownloadAllOptions, view: JobView): Coroutine<void> {
  bypassProxy();
  const files = makeDemoFiles();
  const server = startDemoServer(files);
  try {
    // Made at once: a kill in the middle would leave it behind.
    const dir = Deno.makeTempDirSync({ prefix: "tendril-" });
    try {
      const items = files.map((file) => ({
        url: server.urlOf(file),
        checksum: `sha256:${file.sha256}`,
      }));
      const settings = { ...DEMO, ...options, resume: false, dir };
      console.error(describe(files, settings.concurrency));
      yield* runJob(items, settings, view);
    } finally {
      yield* remove(dir, { recursive: true });
    }
  } finally {
    yield* until(server.close());
  }
}

/** Behind a proxy, requests to this machine must not take the way over it. */
function bypassProxy(): void {
  const others = Deno.env.get("NO_PROXY");
  Deno.env.set("NO_PROXY", others ? `${others},127.0.0.1` : "127.0.0.1");
}

function describe(files: DemoFile[], concurrency: number): string {
  const bytes = files.reduce((sum, file) => sum + file.bytes.length, 0);
  const faults = files.flatMap((file) => file.faults);
  const count = (fault: Fault) => faults.filter((each) => each === fault).length;
  return [
    `Downloading ${files.length} files (${size(bytes)}), ${concurrency} at a time.`,
    "The server runs in this process and is slow on purpose: it answers",
    `${count("unavailable")} requests with 503, drops ${count("drop")} connections half-way ` +
    `and falls silent on ${count("stall")}.\n`,
  ].join("\n");
}
