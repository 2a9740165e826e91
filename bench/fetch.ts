// Copyright 2026 the Tendril authors. MIT license.
import { type Coroutine, Pool, run } from "@tendril/tendril";
import { fetch as cooperativeFetch } from "@tendril/tendril/io";
import { startServer } from "./harness/file_server.ts";
import { inDeno, inGo, inPython, type Round, type Scenario } from "./harness/scenario.ts";
import { runSubject } from "./harness/subject.ts";
import { ratioAtMost } from "./harness/targets.ts";
import { Semaphore } from "./rivals/semaphore.ts";

const NAME = "fetch";
const FILES = 2_000;
const LIMIT = 16;
const WARM_UPS = 5;

/** Downloads many small files from a server in another process. */
export const scenario: Scenario = {
  name: NAME,
  operation: "one of 2,000 files of 1 to 16 KiB from a loopback server, 16 at a time",
  // The limit is tight and the network noisy.
  rounds: 120,
  alive: true,
  subjects: [
    inDeno("tendril", (url) => roundOf(() => run(downloadTendril, urlsOf(url)))),
    inDeno("bare fetch", (url) => roundOf(() => downloadBare(urlsOf(url))), {
      note: "Promise.all and a semaphore",
    }),
    inDeno("effection", effection, { rounds: 4 }),
    inDeno("effect", effect, { rounds: 4 }),
    inGo("go", { rounds: 4 }),
    inPython("gevent", { rounds: 4, note: "http.client" }),
  ],
  targets: [ratioAtMost(NAME, "bare fetch", 1.05, "within 5 % of bare fetch")],
  setUp: startServer,
};

/** Downloads all files and gives the sum of their sizes. */
type Download = () => Promise<number>;

async function roundOf(download: Download): Promise<Round> {
  const expected = await download();
  for (let again = 1; again < WARM_UPS; again++) await download();
  return async () => {
    const start = performance.now();
    const bytes = await download();
    const ns = ((performance.now() - start) * 1e6) / FILES;
    if (bytes !== expected) throw new RangeError(`Cannot be: ${bytes} of ${expected} bytes came`);
    return [{ name: NAME, ns }];
  };
}

function urlsOf(server: string): string[] {
  return Array.from({ length: FILES }, (_, index) => `${server}/${index}`);
}

function* downloadTendril(urls: string[]): Coroutine<number> {
  const sizes = yield* new Pool(LIMIT).map(downloadOne, urls);
  return sum(sizes);
}

function* downloadOne(url: string): Coroutine<number> {
  const response = yield* cooperativeFetch(url);
  const body = yield* response.arrayBuffer();
  return body.byteLength;
}

async function downloadBare(urls: string[]): Promise<number> {
  const semaphore = new Semaphore(LIMIT);
  return sum(await Promise.all(urls.map((url) => downloadOneBare(semaphore, url))));
}

async function downloadOneBare(semaphore: Semaphore, url: string): Promise<number> {
  await semaphore.acquire();
  try {
    const response = await fetch(url);
    const body = await response.arrayBuffer();
    return body.byteLength;
  } finally {
    semaphore.release();
  }
}

function sum(sizes: number[]): number {
  return sizes.reduce((total, size) => total + size, 0);
}

async function effection(url: string) {
  const { downloadAll } = await import("./rivals/effection.ts");
  return roundOf(async () => sum(await downloadAll(urlsOf(url), LIMIT)));
}

async function effect(url: string) {
  const { downloadAll } = await import("./rivals/effect.ts");
  return roundOf(async () => sum(await downloadAll(urlsOf(url), LIMIT)));
}

if (import.meta.main) await runSubject(scenario);
