// Copyright 2026 the Tendril authors. MIT license.
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { run, spawn } from "@tendril/tendril";
import {
  ChecksumError,
  download,
  downloadAll,
  DownloadError,
  type DownloadEvent,
  HttpError,
  UsageError,
} from "@tendril/tendril/download";
import { content, digest } from "../fault_server/content.ts";

const BYTES = content(1, 100_000);
const LENGTH = { "content-length": `${BYTES.length}` };
const RANGES = { "accept-ranges": "bytes" };

/** A server of one file; `answer` may give something else. */
function serve(answer: (path: string, request: Request) => Response | undefined = () => undefined) {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (request) => answer(new URL(request.url).pathname, request) ?? new Response(BYTES),
  );
  const url = (path: string) => `http://127.0.0.1:${server.addr.port}/${path}`;
  return { url, [Symbol.asyncDispose]: () => server.shutdown() };
}

class Folder implements AsyncDisposable {
  readonly path = Deno.makeTempDirSync({ prefix: "tendril-test-" });
  names(): string[] {
    return Array.from(Deno.readDirSync(this.path), ({ name }) => name).sort();
  }
  [Symbol.asyncDispose](): Promise<void> {
    return Deno.remove(this.path, { recursive: true });
  }
}

Deno.test("download() gives the path, the length and how sure it is", async () => {
  await using server = serve();
  await using folder = new Folder();
  const result = await download(server.url("file.bin"), { dir: folder.path });
  assertEquals(result, {
    url: server.url("file.bin"),
    path: `${folder.path}/file.bin`,
    bytes: BYTES.length,
    status: "complete",
    verified: false,
    attempts: 1,
    resumed: false,
  });
  assertEquals(Deno.readFileSync(result.path), BYTES);
});

Deno.test("download() takes a name, a checksum and asks for a digest", async () => {
  await using server = serve();
  await using folder = new Folder();
  const { path, sha256, verified } = await download(server.url("file.bin"), {
    dir: folder.path,
    out: "other.bin",
    checksum: `sha1:${digest(BYTES, "sha1")}`,
    sha256: true,
  });
  assertEquals(path, `${folder.path}/other.bin`);
  assertEquals([sha256, verified], [digest(BYTES), true]);
});

Deno.test("download() throws a DownloadError whose cause says why", async () => {
  await using server = serve(() => new Response(null, { status: 404 }));
  await using folder = new Folder();
  const error = await assertRejects(
    () => download(server.url("file.bin"), { dir: folder.path }).then(),
    DownloadError,
  );
  assertInstanceOf(error.cause, HttpError);
  assertEquals([error.url, error.attempts], [server.url("file.bin"), 1]);
  assertStringIncludes(error.message, "404 Not Found; check the address");
  assertEquals(folder.names(), []);
});

Deno.test("download() goes to a mirror when it cannot be had", async () => {
  await using server = serve((path) =>
    path === "/good" ? undefined : new Response(null, { status: 404 })
  );
  await using folder = new Folder();
  const { path, attempts } = await download(server.url("bad"), {
    dir: folder.path,
    mirrors: [server.url("worse"), server.url("good")],
    retries: 0,
    retryDelay: 1,
  });
  assertEquals([path, attempts], [`${folder.path}/bad`, 3]);
});

Deno.test("download() fetches a file with a wrong checksum again once", async () => {
  let requests = 0;
  await using server = serve(() => {
    requests++;
    return undefined;
  });
  await using folder = new Folder();
  const downloading = download(server.url("x"), {
    dir: folder.path,
    checksum: `sha256:${digest(new Uint8Array())}`,
    retryDelay: 1,
  });
  const { cause } = await assertRejects(() => downloading.then(), DownloadError);
  assertInstanceOf(cause, ChecksumError);
  assertEquals([requests, folder.names()], [2, []]);
});

Deno.test("download() keeps a password out of what it says", async () => {
  let seen: string | null = null;
  await using server = serve((_, { headers }) => {
    seen = headers.get("authorization");
    return new Response(null, { status: 403 });
  });
  await using folder = new Folder();
  const url = server.url("x").replace("//", "//me:secret@");
  const error = await assertRejects(
    () => download(url, { dir: folder.path }).then(),
    DownloadError,
  );
  assertEquals(seen, `Basic ${btoa("me:secret")}`);
  assert(!error.message.includes("secret"), error.message);
});

Deno.test("download() sends no secret to another host, for pieces neither", async () => {
  const seen: (string | null)[] = [];
  const etag = '"1"';
  await using other = serve((_, { headers }) => {
    seen.push(headers.get("authorization"));
    const [, first, last] = /bytes=(\d+)-(\d+)/.exec(headers.get("range") ?? "") ?? [];
    if (first === undefined) {
      return new Response(BYTES, { headers: { etag, ...LENGTH, ...RANGES } });
    }
    const part = BYTES.subarray(Number(first), Number(last) + 1);
    const range = `bytes ${first}-${last}/${BYTES.length}`;
    return new Response(part, { status: 206, headers: { etag, "content-range": range } });
  });
  const asked: (string | null)[] = [];
  await using server = serve((_, { headers }) => {
    asked.push(headers.get("authorization"));
    return new Response(null, { status: 302, headers: { location: other.url("there") } });
  });
  await using folder = new Folder();
  const { path } = await download(server.url("x"), {
    dir: folder.path,
    pieceSize: 40_000,
    headers: { Authorization: "secret" },
  });
  assertEquals(Deno.readFileSync(path), BYTES);
  assertEquals([asked, seen], [Array(4).fill("secret"), Array(4).fill(null)]);
});

Deno.test("download() refuses wrong options at the call", () => {
  assertThrows(() => download("nonsense"), UsageError, "it is no URL");
  assertThrows(() => download("ftp://example.com/x"), UsageError, "only http and https");
  assertThrows(() => download("http://a/x", { out: "../x" }), UsageError, "plain");
  assertThrows(() => download("http://a/x", { checksum: "crc:0" }), UsageError, "ALGO:HEX");
  assertThrows(() => download("http://a/x", { retries: -1 }), RangeError, "retries");
});

Deno.test("downloadAll() makes a record of each item, in their order", async () => {
  await using server = serve((path) =>
    path === "/2" ? new Response(null, { status: 404 }) : undefined
  );
  await using folder = new Folder();
  const { records, elapsed } = await downloadAll(["1", "2", "3"].map(server.url), {
    dir: folder.path,
  });
  assertEquals(records.map(({ url }) => url), ["1", "2", "3"].map(server.url));
  assertEquals(records.map(({ result }) => result?.status), ["complete", undefined, "complete"]);
  assertInstanceOf(records[1]!.error, DownloadError);
  assert(elapsed > 0);
  assertEquals(folder.names(), ["1", "3"]);
});

Deno.test("downloadAll() tells what happens", async () => {
  let first = true;
  await using server = serve((path) => {
    if (path === "/none") return new Response(null, { status: 404 });
    if (!first) return undefined;
    first = false;
    return new Response(null, { status: 503 });
  });
  await using folder = new Folder();
  const events: string[] = [];
  await downloadAll([server.url("one"), server.url("none")], {
    dir: folder.path,
    concurrency: 1,
    retryDelay: 1,
    onEvent({ type, transfer: { name, received } }: DownloadEvent) {
      events.push(`${type} ${name} ${received}`);
    },
  });
  assertEquals(events, [
    "start one 0",
    "retry one 0",
    `done one ${BYTES.length}`,
    "start none 0",
    "failed none 0",
  ]);
});

Deno.test("downloadAll() refuses two items for one file before anything starts", async () => {
  let requests = 0;
  await using server = serve(() => {
    requests++;
    return undefined;
  });
  const urls = [server.url("a/x"), server.url("b/X")];
  assertThrows(() => downloadAll(urls), UsageError, "they would be written to one file");
  assertEquals(requests, 0);
});

Deno.test("downloadAll() does not write two files that the server calls the same", async () => {
  const headers = { "content-disposition": "attachment; filename=same.txt" };
  await using server = serve(() => new Response(BYTES, { headers }));
  await using folder = new Folder();
  const { records } = await downloadAll([server.url("1"), server.url("2")], { dir: folder.path });
  assertEquals(records.filter(({ result }) => result !== undefined).length, 1);
  assertStringIncludes(records.find(({ error }) => error)!.error!.message, '"same.txt"');
  assertEquals(folder.names(), ["same.txt"]);
});

Deno.test("a kill ends a download, and leaves its part", async () => {
  const began = Promise.withResolvers<void>();
  await using server = serve(() => {
    const body = new ReadableStream({
      pull(controller) {
        controller.enqueue(BYTES);
        return new Promise(() => {});
      },
    });
    return new Response(body, { headers: { etag: '"1"', "content-length": "9000000" } });
  });
  await using folder = new Folder();
  await run(function* () {
    const downloading = spawn(() =>
      download(server.url("x"), {
        dir: folder.path,
        stallTimeout: 400,
        onEvent: ({ type }) => type === "progress" && began.resolve(),
      })
    );
    yield began.promise;
    yield* downloading.kill();
  });
  assertEquals(folder.names(), ["x.part", "x.part.json"]);
});

const existing: Record<string, [string[], string]> = {
  skip: [["x"], "old"],
  overwrite: [["x"], "new"],
  rename: [["x", "x.1"], "old"],
};
for (const [ifExists, [names, text]] of Object.entries(existing)) {
  Deno.test(`--if-exists ${ifExists} leaves ${names.join(" and ")}`, async () => {
    await using server = serve(() => new Response("new"));
    await using folder = new Folder();
    Deno.writeTextFileSync(`${folder.path}/x`, "old");
    await download(server.url("x"), {
      dir: folder.path,
      ifExists: ifExists as "skip" | "overwrite" | "rename",
    });
    assertEquals(folder.names(), names);
    assertEquals(Deno.readTextFileSync(`${folder.path}/x`), text);
  });
}

for (const [date, text] of [[-3600_000, "old"], [3600_000, "new"]] as const) {
  Deno.test(`--if-exists newer takes the file only if it is: ${text}`, async () => {
    const headers = { "last-modified": new Date(Date.now() + date).toUTCString() };
    await using server = serve(() => new Response("new", { headers }));
    await using folder = new Folder();
    Deno.writeTextFileSync(`${folder.path}/x`, "old");
    const { status } = await download(server.url("x"), { dir: folder.path, ifExists: "newer" });
    assertEquals(status, text === "new" ? "complete" : "skipped");
    assertEquals(Deno.readTextFileSync(`${folder.path}/x`), text);
  });
}

Deno.test("a file that is there with the right checksum is not fetched again", async () => {
  await using server = serve(() => new Response(null, { status: 500 }));
  await using folder = new Folder();
  Deno.writeFileSync(`${folder.path}/x`, BYTES);
  const { status, verified } = await download(server.url("x"), {
    dir: folder.path,
    checksum: `sha256:${digest(BYTES)}`,
  });
  assertEquals([status, verified], ["skipped", true]);
});

Deno.test("a link in the place of the part or the file is not followed", async () => {
  await using server = serve();
  await using folder = new Folder();
  await using outside = new Folder();
  const victim = `${outside.path}/victim`;
  Deno.writeTextFileSync(victim, "untouched");
  for (const name of ["x", "x.part", "x.part.json", "x.part.json~"]) {
    Deno.symlinkSync(victim, `${folder.path}/${name}`);
  }
  const { path } = await download(server.url("x"), { dir: folder.path });
  assertEquals(Deno.readFileSync(path), BYTES);
  assertEquals(Deno.readTextFileSync(victim), "untouched");
});
