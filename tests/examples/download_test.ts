// Copyright 2026 the Tendril authors. MIT license.
// The downloader as a process of its own, with the permissions that `deno task example` gives it.

import { createHash } from "node:crypto";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import config from "../../deno.json" with { type: "json" };

const ROOT = new URL("../../", import.meta.url);
/** The arguments of the task, without the name of the program. */
const TASK = config.tasks.example.command.split(" ").slice(1);

function command(args: string[], tempDir: string): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: [...TASK, ...args],
    cwd: ROOT,
    env: { NO_COLOR: "1", TMPDIR: tempDir, NO_PROXY: "127.0.0.1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

interface Outcome {
  code: number;
  out: string;
  err: string;
}

/** Runs it to the end. */
async function download(folder: Folder, ...args: string[]): Promise<Outcome> {
  const { code, stdout, stderr } = await command(args, folder.path).output();
  const decoder = new TextDecoder();
  return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
}

/** Starts it, sends a SIGINT once its standard error matches, and waits for the end. */
async function interrupt(folder: Folder, when: RegExp, ...args: string[]): Promise<Outcome> {
  const child = command(args, folder.path).spawn();
  const out = new Response(child.stdout).text();
  let err = "";
  let interrupted = false;
  for await (const piece of child.stderr.pipeThrough(new TextDecoderStream())) {
    err += piece;
    if (interrupted || !when.test(err)) continue;
    interrupted = true;
    child.kill("SIGINT");
  }
  return { code: (await child.status).code, out: await out, err };
}

/** A folder that is removed at the end of the test. */
class Folder implements AsyncDisposable {
  readonly path = Deno.makeTempDirSync({ prefix: "tendril-test-" });

  names(): string[] {
    return Array.from(Deno.readDirSync(this.path), ({ name }) => name).sort();
  }

  read(name: string): Uint8Array {
    return Deno.readFileSync(`${this.path}/${name}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

const SMALL = new TextEncoder().encode("a small file\n");
const BIG = new Uint8Array(1_000_000).map((_, i) => i * i >> 3);

/** A stream that gives a few bytes and then nothing for ever, or an error. */
function broken(outcome: "silence" | "drop"): ReadableStream<Uint8Array> {
  let first = true;
  return new ReadableStream({
    pull(controller) {
      if (first) controller.enqueue(BIG.subarray(0, 5000));
      else if (outcome === "drop") controller.error(new Error("dropped"));
      else return new Promise(() => {});
      first = false;
    },
  });
}

/** Counts requests by path; what the server does with the n-th of them depends on n. */
function serve() {
  const counts = new Map<string, number>();
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen() {},
    onError: () => new Response(null, { status: 500 }),
  }, (request) => {
    const { pathname } = new URL(request.url);
    const count = (counts.get(pathname) ?? 0) + 1;
    counts.set(pathname, count);
    const length = { "content-length": `${BIG.length}` };
    switch (pathname) {
      case "/small.txt":
        return new Response(SMALL);
      case "/big.bin":
        return new Response(BIG, { headers: length });
      case "/unknown-length.bin":
        return new Response(new Blob([BIG]).stream());
      case "/flaky.bin":
        return count === 1 ? new Response(null, { status: 503 }) : new Response(BIG);
      case "/dropping.bin":
        return new Response(count === 1 ? broken("drop") : BIG, { headers: length });
      case "/silent.bin":
        return new Response(count === 1 ? broken("silence") : BIG, { headers: length });
      case "/always-silent.bin":
        return new Response(broken("silence"), { headers: length });
      case "/never.bin":
        return new Response(null, { status: 503 });
      default:
        return new Response("No such file", { status: 404 });
    }
  });
  return {
    url: (name: string) => `http://127.0.0.1:${server.addr.port}/${name}`,
    count: (name: string) => counts.get(`/${name}`) ?? 0,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

const ESCAPE = "\x1b";

Deno.test("the demo downloads everything and checks it, in plain lines without a terminal", async () => {
  await using temp = new Folder();
  const { code, out, err } = await download(temp);
  assertEquals(code, 0, err);
  assertMatch(out, /^files +120$/m);
  assertMatch(out, /^bytes +49\.2 MiB$/m);
  assertMatch(out, /^retries +\d+$/m);
  assertMatch(out, /^elapsed +\d+\.\d s$/m);
  assertMatch(out, /^one after another +\d+\.\d s \(\d+\.\d times as long\)$/m);
  assertStringIncludes(out, "Every checksum matched.");
  assertMatch(err, /^\d+ of 120 files, .*\d+ active, \d+ retries, \d+\.\d s$/m);
  assert(!(out + err).includes(ESCAPE));
  assertEquals(temp.names(), []);
});

Deno.test("URLs are downloaded into the folder, small, big and of unknown length", async () => {
  await using server = serve();
  await using folder = new Folder();
  const names = ["big.bin", "small.txt", "unknown-length.bin"];
  const { code, out, err } = await download(
    folder,
    "-d",
    `${folder.path}/new`,
    "-j",
    "2",
    ...names.map(server.url),
  );
  assertEquals(code, 0, err);
  assertEquals(folder.names(), ["new"]);
  assertEquals(folder.read("new/small.txt"), SMALL);
  assertEquals(sha256(folder.read("new/big.bin")), sha256(BIG));
  assertEquals(sha256(folder.read("new/unknown-length.bin")), sha256(BIG));
  assertMatch(out, /^files +3$/m);
});

Deno.test("a list gives URLs and checksums", async () => {
  await using server = serve();
  await using folder = new Folder();
  await using listFolder = new Folder();
  const list = `${listFolder.path}/list.txt`;
  await Deno.writeTextFile(
    list,
    `# two files\n\n${server.url("small.txt")} sha256=${sha256(SMALL)}\r\n` +
      `${server.url("big.bin")}  sha256=${sha256(BIG).toUpperCase()}`,
  );
  const { code, out, err } = await download(folder, "-i", list, "-d", folder.path);
  assertEquals(code, 0, err);
  assertStringIncludes(out, "Every checksum matched.");
  assertEquals(folder.names(), ["big.bin", "small.txt"]);
});

Deno.test("a 503, a dropped connection and silence are tried again", async () => {
  await using server = serve();
  await using folder = new Folder();
  const names = ["dropping.bin", "flaky.bin", "silent.bin"];
  const { code, out, err } = await download(
    folder,
    "--stall-timeout",
    "1000",
    "-d",
    folder.path,
    ...names.map(server.url),
  );
  assertEquals(code, 0, out + err);
  assertEquals(folder.names(), names);
  for (const name of names) {
    assertEquals(sha256(folder.read(name)), sha256(BIG));
    assert(server.count(name) >= 2);
  }
});

Deno.test("a URL that always fails is listed with its reason, and the others arrive", async () => {
  await using server = serve();
  await using folder = new Folder();
  const { code, out } = await download(
    folder,
    "--retries",
    "1",
    "-d",
    folder.path,
    ...["never.bin", "missing.bin", "small.txt"].map(server.url),
  );
  assertEquals(code, 1);
  assertMatch(out, /^files +1$/m);
  assertMatch(out, /^failed +2$/m);
  const never = `"${server.url("never.bin")}": The server answered 503 Service Unavailable`;
  assertStringIncludes(out, `Cannot download ${never} (tried 2 times)`);
  const missing = `"${server.url("missing.bin")}": The server answered 404 Not Found`;
  assertStringIncludes(out, `Cannot download ${missing}; check the address\n`);
  assertEquals([server.count("never.bin"), server.count("missing.bin")], [2, 1]);
  assertEquals(folder.names(), ["small.txt"]);
});

Deno.test("a wrong checksum is an error and leaves no file", async () => {
  await using server = serve();
  await using folder = new Folder();
  await using listFolder = new Folder();
  const list = `${listFolder.path}/list.txt`;
  await Deno.writeTextFile(
    list,
    `${server.url("small.txt")} sha256=${sha256(BIG)}\n` +
      `${server.url("big.bin")} sha256=${sha256(SMALL)}\n`,
  );
  const { code, out } = await download(folder, "-i", list, "-d", folder.path);
  assertEquals(code, 1);
  assertStringIncludes(
    out,
    `"${server.url("small.txt")}": The sha256 is ${sha256(SMALL)}, expected ${sha256(BIG)}`,
  );
  assert(!out.includes("Every checksum matched"));
  assertEquals(folder.names(), []);
  assertEquals(server.count("big.bin"), 2); // it is fetched again once
});

Deno.test("SIGINT stops the demo with code 130 and leaves no file", async () => {
  await using temp = new Folder();
  // Two at a time it takes much longer than the signal.
  const { code, out, err } = await interrupt(temp, /[1-9]\d* active/, "-j", "2");
  assertEquals(code, 130, err);
  assertMatch(err, /^Stopped: \d+ of 120 files are complete$/m);
  assertEquals(out, "");
  assertEquals(temp.names(), []);
});

Deno.test("SIGINT keeps the files that are complete, and the parts of the others", async () => {
  await using server = serve();
  await using folder = new Folder();
  const { code, err } = await interrupt(
    folder,
    /1 of 2 files, .* 1 active/,
    "-d",
    folder.path,
    server.url("small.txt"),
    server.url("always-silent.bin"),
  );
  assertEquals(code, 130, err);
  assertMatch(
    err,
    /^Stopped: 1 of 2 files are complete; start it again to go on with the others$/m,
  );
  assertEquals(folder.names(), ["always-silent.bin.part", "small.txt"]);
});

Deno.test("wrong usage says what is wrong and gives code 2", async () => {
  await using folder = new Folder();
  const cases: [string[], string][] = [
    [["--nonsense"], 'Cannot understand "--nonsense": there is no such option'],
    [["-j", "0"], '--concurrency: it must be a whole number of at least 1, got "0"'],
    [["nonsense"], 'Cannot download "nonsense": it is no URL'],
    [["ftp://127.0.0.1/x"], "only http and https are possible"],
    [["http://127.0.0.1/a/x", "http://127.0.0.1/b/x"], 'they would be written to one file, "x"'],
    [["-i", `${folder.path}/list`], "Cannot read the list"],
  ];
  await Promise.all(cases.map(async ([args, message]) => {
    const { code, out, err } = await download(folder, ...args);
    assertEquals([code, out], [2, ""], err);
    assertStringIncludes(err, message);
  }));
});

Deno.test("--help lists the options", async () => {
  await using folder = new Folder();
  const { code, out } = await download(folder, "--help");
  assertEquals(code, 0);
  for (const option of ["--dir", "--input", "--concurrency", "--retries"]) {
    assertStringIncludes(out, option);
  }
});

/** `script` gives a program a terminal, where it is installed. */
async function canMakeTerminal(): Promise<boolean> {
  try {
    const { stdout } = await new Deno.Command("script", { args: ["--version"] }).output();
    return new TextDecoder().decode(stdout).includes("util-linux");
  } catch {
    return false;
  }
}

Deno.test({
  name: "on a terminal there are bars, and no permission is asked for",
  ignore: !(await canMakeTerminal()),
  async fn() {
    await using server = serve();
    await using folder = new Folder();
    const args = [Deno.execPath(), ...TASK, "-d", folder.path, server.url("small.txt")];
    const { code, stdout } = await new Deno.Command("script", {
      args: ["-qec", args.join(" "), "/dev/null"],
      cwd: ROOT,
      env: { TERM: "xterm", NO_PROXY: "127.0.0.1" },
      stdin: "null",
    }).output();
    const screen = new TextDecoder().decode(stdout);
    assertEquals(code, 0, screen);
    assertStringIncludes(screen, "█");
    assertStringIncludes(screen, "1/1 files");
    assert(!/allow/i.test(screen), screen);
    assertEquals(folder.names(), ["small.txt"]);
  },
});
