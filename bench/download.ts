// Copyright 2026 the Tendril authors. MIT license.
import { createHash } from "node:crypto";
import {
  inDeno,
  type Round,
  type Sample,
  type Scenario,
  type Subject,
  type SubjectOptions,
  type Target,
  TENDRIL,
} from "./harness/scenario.ts";
import { find, median } from "./harness/statistics.ts";
import { runSubject } from "./harness/subject.ts";
import { ratioAtMost } from "./harness/targets.ts";
import { PYTHON } from "./harness/toolchains.ts";
import { type Place, startDownloads } from "./rivals/download_server.ts";

/** Files to get, and how. */
interface Job {
  readonly name: string;
  /** What the names of the files begin with. */
  readonly files: "big" | "huge" | "small";
  readonly count: number;
  /** Files at a time. */
  readonly concurrency: number;
  /** Pieces of one at a time. */
  readonly segments: number;
  /** Whether the server is 20 ms away. */
  readonly far?: boolean;
}

const JOBS: Job[] = [
  { name: "4 × 128 MiB", files: "big", count: 4, concurrency: 4, segments: 1 },
  { name: "1 GiB in pieces", files: "huge", count: 1, concurrency: 1, segments: 4 },
  { name: "2,000 × 16 KiB", files: "small", count: 2_000, concurrency: 32, segments: 1 },
  {
    name: "2,000 × 16 KiB, 20 ms away",
    files: "small",
    count: 2_000,
    concurrency: 32,
    segments: 1,
    far: true,
  },
];
const MOST_MEMORY = 120e6;
/** So many samples of so many bytes are compared of a file: at least one in each block of the server's. */
const SAMPLES = 127;
const SAMPLE = 64 * 1024;

/** Gives the command that does a job; `list` has the URLs. */
type Command = (job: Job, list: string, folder: string, place: Place) => string[];

/** Whole processes that download from nginx into memory. */
export const scenario: Scenario = {
  name: "download",
  operation: "one whole process that downloads files from nginx on this machine into a folder in " +
    "memory, four big ones or 32 small ones at a time, or one in four pieces; or the most memory " +
    "that it held",
  rounds: 5,
  subjects: [
    downloads(TENDRIL, ({ concurrency, segments }, list, folder) => [
      ...deno("../examples/download/main.ts"),
      "--no-progress",
      ...["-i", list, "-d", folder, "-j", `${concurrency}`, "-s", `${segments}`],
      ...["-x", `${Math.max(concurrency, segments)}`],
    ], { note: "examples/download" }),
    downloads("bare Deno", (job, list, folder) => [
      ...deno("./rivals/download_bare.ts"),
      ...numbers(job, list, folder),
    ], { note: "fetch and pipeTo, or bytes" }),
    downloads("curl -Z", ({ concurrency }, list, folder) => {
      const config = `${list}.curl`;
      const entries = Deno.readTextFileSync(list).trim().split("\n").map((url) =>
        `url = "${url}"\noutput = "${folder}/${url.slice(url.lastIndexOf("/") + 1)}"\n`
      );
      Deno.writeTextFileSync(config, entries.join(""));
      return ["curl", "-sSfZ", "--parallel-max", `${concurrency}`, "-K", config];
    }, { note: "without pieces" }),
    downloads("aria2c", ({ concurrency, segments }, list, folder) => [
      "aria2c",
      ...["--quiet", "--file-allocation=none", "-k1M", "-i", list, "-d", folder],
      ...["-j", `${concurrency}`, "-s", `${segments}`, "-x", `${segments}`],
    ]),
    downloads("wget2", ({ concurrency, segments }, list, folder) => [
      "wget2",
      ...["-q", "-i", list, "-P", folder, `--max-threads=${Math.max(concurrency, segments)}`],
      ...segments > 1 ? ["--chunk-size=256M"] : [],
    ], { rounds: 2 }),
    downloads("go", (job, list, folder, { goProgram }) => [
      goProgram,
      "download",
      numbers(job, list, folder).join(" "),
    ], { note: "net/http, all processors" }),
    downloads("gevent", (job, list, folder) => [
      PYTHON,
      "-B",
      pathOf("./rivals/download.py"),
      ...numbers(job, list, folder),
    ], { note: "http.client", rounds: 2 }),
  ],
  targets: [
    ...JOBS.flatMap(({ name }) => [
      ratioAtMost(name, "aria2c", 1, `${name}: no slower than aria2c`),
      ratioAtMost(name, "bare Deno", 1.1, `${name}: within 10 % of bare Deno`),
    ]),
    ratioAtMost("4 × 128 MiB", "curl -Z", 1, "4 × 128 MiB: no slower than curl -Z"),
    ratioAtMost("1 GiB in pieces", "curl -Z", 1, "1 GiB in pieces: no slower than curl -Z"),
    ...JOBS.map(({ name }): Target => ({
      text: `${name}: at most 120 MB of memory`,
      judge(results) {
        const values = find(results, TENDRIL, memoryOf(name))?.values;
        if (values === undefined) return undefined;
        const bytes = median(values);
        return { measured: `${(bytes / 1e6).toFixed(0)} MB`, pass: bytes <= MOST_MEMORY };
      },
    })),
  ],
  setUp: startDownloads,
};

function memoryOf(name: string): string {
  return `${name}, memory`;
}

function deno(script: string): string[] {
  return [Deno.execPath(), "run", "-A", "--quiet", pathOf(script)];
}

function pathOf(file: string): string {
  return new URL(file, import.meta.url).pathname;
}

function numbers({ concurrency, segments }: Job, list: string, folder: string): string[] {
  return [list, folder, `${concurrency}`, `${segments}`];
}

function downloads(name: string, command: Command, options: SubjectOptions = {}): Subject {
  return inDeno(name, (argument) => roundOf(command, JSON.parse(argument)), options);
}

function roundOf(command: Command, place: Place): Round {
  return async () => {
    const samples: Sample[] = [];
    for (const job of JOBS) samples.push(...await measure(job, command, place));
    return samples;
  };
}

async function measure(job: Job, command: Command, place: Place): Promise<Sample[]> {
  const folder = await Deno.makeTempDir({ dir: place.folder, prefix: "got-" });
  try {
    const list = `${folder}.list`;
    Deno.writeTextFileSync(list, urlsOf(job, place).join("\n") + "\n");
    const { ns, bytes } = await time(command(job, list, folder, place));
    verify(job, folder, place);
    return [{ name: job.name, ns }, { name: memoryOf(job.name), bytes }];
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function urlsOf({ files, count, far }: Job, { url, farUrl }: Place): string[] {
  return Array.from({ length: count }, (_, i) => `${far ? farUrl : url}/${files}${i}.bin`);
}

/** Runs a process, and looks now and then at the most memory that it had. */
async function time([program = "", ...args]: string[]): Promise<{ ns: number; bytes: number }> {
  const command = new Deno.Command(program, {
    args,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
    env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
  });
  const start = performance.now();
  const process = command.spawn();
  let bytes = 0;
  const timer = setInterval(() => bytes = Math.max(bytes, peakOf(process.pid)), 10);
  const said = new Response(process.stderr).text();
  const { success, code } = await process.status;
  const ns = (performance.now() - start) * 1e6;
  clearInterval(timer);
  if (!success) throw new Error(`Error: ${program} ended with code ${code}: ${await said}`);
  return { ns, bytes };
}

function peakOf(pid: number): number {
  try {
    const [, kib] = /VmHWM:\s*(\d+)/.exec(Deno.readTextFileSync(`/proc/${pid}/status`)) ?? [];
    return Number(kib ?? 0) * 1024;
  } catch {
    return 0; // over, or a system without /proc
  }
}

/** Looks at the sizes of all files, and at the content of some, here and there. */
function verify({ files, count }: Job, folder: string, place: Place): void {
  for (let i = 0; i < count; i++) {
    const name = `${files}${i}.bin`;
    const got = `${folder}/${name}`;
    const wanted = `${place.folder}/files/${name}`;
    const right = Deno.statSync(got).size === Deno.statSync(wanted).size &&
      (i % 100 !== 0 || samplesOf(got) === samplesOf(wanted));
    if (!right) throw new Error(`Error: ${name} is not the file that the server has`);
  }
}

/** The SHA-256 of what is at many places of a file, its ends included. */
function samplesOf(path: string): string {
  using file = Deno.openSync(path);
  const { size } = file.statSync();
  const hash = createHash("sha256");
  const sample = new Uint8Array(Math.min(size, SAMPLE));
  for (let i = 0; i <= SAMPLES; i++) {
    file.seekSync(Math.floor((size - sample.length) / SAMPLES * i), Deno.SeekMode.Start);
    hash.update(sample.subarray(0, file.readSync(sample) ?? 0));
  }
  return hash.digest("hex");
}

if (import.meta.main) await runSubject(scenario);
