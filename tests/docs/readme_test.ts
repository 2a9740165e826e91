// Copyright 2026 the Tendril authors. MIT license.
// The program at the top of the README, run as it stands.

import { assert, assertEquals } from "@std/assert";
import { createHash } from "node:crypto";

const root = new URL("../../", import.meta.url);
const decoder = new TextDecoder();

interface Run {
  readonly code: number;
  readonly lines: string[];
}

/** Runs the first program of the README with these URLs; `meanwhile` gets the process. */
async function runFirst(
  urls: string[],
  meanwhile: (child: Deno.ChildProcess) => void = () => {},
): Promise<Run> {
  const readme = await Deno.readTextFile(new URL("README.md", root));
  const [, program] = readme.match(/```ts\n(.*?)```/s)!;
  const path = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(path, program!);
  const config = new URL("deno.json", root).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", `--config=${config}`, "-A", path, ...urls],
    stdout: "piped",
  }).spawn();
  meanwhile(child);
  const { code, stdout } = await child.output();
  await Deno.remove(path);
  return { code, lines: decoder.decode(stdout).split("\n").filter((line) => line !== "") };
}

/** Runs `body` with the address of a server. */
async function serving(
  handler: (request: Request) => Promise<Response>,
  body: (url: string) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  const options = { hostname: "127.0.0.1", port: 0, signal: stop.signal, onListen() {} };
  const server = Deno.serve(options, handler);
  try {
    await body(`http://127.0.0.1:${server.addr.port}`);
  } finally {
    stop.abort();
    await server.finished;
  }
}

Deno.test("the README's first program fetches eight at a time, tries again, and hashes all", async () => {
  let active = 0;
  let most = 0;
  let requests = 0;
  const handler = async ({ url }: Request) => {
    most = Math.max(most, ++active);
    await new Promise((resolve) => setTimeout(resolve, 1));
    active--;
    return ++requests % 10 === 0 ? new Response(null, { status: 503 }) : new Response(url);
  };
  await serving(handler, async (server) => {
    const urls = Array.from({ length: 100 }, (_, n) => `${server}/${n}`);
    const { code, lines } = await runFirst(urls);
    const hash = (url: string) => createHash("sha256").update(url).digest("hex");
    assertEquals(code, 0);
    assertEquals(lines.sort(), urls.map((url) => `${hash(url)} ${url}`).sort());
    assert(most <= 8, `${most} at a time`);
    assertEquals(requests, 111);
  });
});

Deno.test("the README's first program ends with code 130 by Ctrl-C, and aborts its requests", async () => {
  const waiting = Promise.withResolvers<void>();
  const aborted: Promise<void>[] = [];
  const handler = ({ signal }: Request) => {
    const end = Promise.withResolvers<void>();
    signal.addEventListener("abort", () => end.resolve());
    if (aborted.push(end.promise) === 8) waiting.resolve();
    return end.promise.then(() => new Response());
  };
  await serving(handler, async (server) => {
    const urls = Array.from({ length: 9 }, (_, n) => `${server}/${n}`);
    const { code } = await runFirst(urls, async (child) => {
      await waiting.promise;
      child.kill("SIGINT");
    });
    assertEquals(code, 130);
    await Promise.all(aborted);
    assertEquals(aborted.length, 8);
  });
});
