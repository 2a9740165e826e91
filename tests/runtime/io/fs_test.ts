// Copyright 2026 the Tendril authors. MIT license.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { type Coroutine, dump, GreenletExit, run, spawn } from "@tendril/tendril";
import {
  makeTempDir,
  mkdir,
  open,
  readFile,
  readTextFile,
  remove,
  rename,
  stat,
  writeFile,
  writeTextFile,
} from "@tendril/tendril/io";
import { settle } from "../../manual_clock.ts";

/** Runs `body` with the path of a folder that is removed afterwards. */
async function inFolder<T>(body: (folder: string) => Coroutine<T>): Promise<T> {
  const folder = await Deno.makeTempDir();
  try {
    return await run(body, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A pipe with a writer that has not written anything yet. */
async function pipeIn(folder: string): Promise<{ path: string; writer: Deno.FsFile }> {
  const path = `${folder}/pipe`;
  await new Deno.Command("mkfifo", { args: [path] }).output();
  return { path, writer: await Deno.open(path, { read: true, write: true }) };
}

Deno.test("writeTextFile() and readTextFile() keep a text", async () => {
  await inFolder(function* (folder) {
    yield* writeTextFile(`${folder}/a`, "héllo");
    assertEquals(yield* readTextFile(`${folder}/a`), "héllo");
  });
});

Deno.test("writeFile() and readFile() keep bytes", async () => {
  await inFolder(function* (folder) {
    const bytes = new Uint8Array([0, 1, 255]);
    yield* writeFile(`${folder}/a`, bytes);
    assertEquals(yield* readFile(`${folder}/a`), bytes);
  });
});

Deno.test("writeFile() passes its options on", async () => {
  await inFolder(function* (folder) {
    yield* writeTextFile(`${folder}/a`, "one");
    yield* writeTextFile(`${folder}/a`, " two", { append: true });
    assertEquals(yield* readTextFile(`${folder}/a`), "one two");
  });
});

Deno.test("writeFile() takes a stream", async () => {
  await inFolder(function* (folder) {
    yield* writeFile(`${folder}/a`, new Response("from a stream").body!);
    assertEquals(yield* readTextFile(`${folder}/a`), "from a stream");
  });
});

Deno.test("writeFile() appends a stream if it is told to", async () => {
  await inFolder(function* (folder) {
    yield* writeTextFile(`${folder}/a`, "a long text");
    yield* writeTextFile(`${folder}/a`, ReadableStream.from(["short"]));
    yield* writeFile(`${folder}/a`, new Response(" and more").body!, { append: true });
    assertEquals(yield* readTextFile(`${folder}/a`), "short and more");
  });
});

Deno.test("writeFile() of a stream ends when its greenlet is killed", async () => {
  const cancelled = Promise.withResolvers<unknown>();
  await inFolder(function* (folder) {
    const endless = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new Uint8Array(10)),
      cancel: (reason) => cancelled.resolve(reason),
    });
    const writing = spawn(function* () {
      yield* writeFile(`${folder}/a`, endless);
    });
    yield settle();
    yield* writing.kill();
    yield cancelled.promise;
    yield settle();
  });
});

Deno.test("the file functions take URLs and can be awaited", async () => {
  const folder = await makeTempDir();
  const url = new URL(`file://${folder}/a`);
  await writeTextFile(url, "text");
  assertEquals(await readTextFile(url), "text");
  await remove(folder, { recursive: true });
});

Deno.test("mkdir(), rename(), stat() and remove() do what they say", async () => {
  await inFolder(function* (folder) {
    yield* mkdir(`${folder}/deep/deeper`, { recursive: true });
    yield* writeTextFile(`${folder}/deep/a`, "12345");
    yield* rename(`${folder}/deep/a`, `${folder}/b`);
    assertEquals((yield* stat(`${folder}/b`)).size, 5);
    yield* remove(`${folder}/b`);
    try {
      yield* stat(`${folder}/b`);
    } catch (error) {
      return assertInstanceOf(error, Deno.errors.NotFound);
    }
    throw new Error("the file is still there");
  });
});

Deno.test("readFile() throws what the platform's throws", async () => {
  const reading = run(function* () {
    yield* readTextFile("/no/such/file");
  });
  await assertRejects(() => reading, Deno.errors.NotFound);
});

Deno.test("File reads, writes, seeks, cuts and tells its size", async () => {
  await inFolder(function* (folder) {
    using file = yield* open(`${folder}/a`, { read: true, write: true, create: true });
    yield* file.write(new TextEncoder().encode("hello world"));
    yield* file.truncate(5);
    yield* file.sync();
    assertEquals((yield* file.stat()).size, 5);
    assertEquals(yield* file.seek(1), 1);
    const buffer = new Uint8Array(10);
    assertEquals(yield* file.read(buffer), 4);
    assertEquals(new TextDecoder().decode(buffer.subarray(0, 4)), "ello");
    assertEquals(yield* file.read(buffer), null);
  });
});

Deno.test("File.write() writes all of a large buffer", async () => {
  await inFolder(function* (folder) {
    const bytes = new Uint8Array(5_000_000).fill(7);
    using file = yield* open(`${folder}/a`, { write: true, create: true });
    yield* file.write(bytes);
    assertEquals((yield* stat(`${folder}/a`)).size, bytes.length);
  });
});

Deno.test("File.close() can be called again", async () => {
  await inFolder(function* (folder) {
    const file = yield* open(`${folder}/a`, { write: true, create: true });
    file.close();
    file.close();
  });
});

Deno.test("File.readable and File.writable are streams of it", async () => {
  await inFolder(function* (folder) {
    const out = yield* open(`${folder}/a`, { write: true, create: true });
    yield new Response("text").body!.pipeTo(out.writable);
    const back = yield* open(`${folder}/a`);
    assertEquals(yield new Response(back.readable).text(), "text");
  });
});

Deno.test("a kill ends a greenlet that reads a file at once", async () => {
  await inFolder(function* (folder) {
    const { path, writer } = (yield pipeIn(folder)) as Awaited<ReturnType<typeof pipeIn>>;
    const reading = spawn(function* () {
      yield* readFile(path);
    });
    yield settle();
    assertStringIncludes(dump(), `waits for read ${path}`);
    yield* reading.kill();
    assertInstanceOf(reading.value as unknown, GreenletExit);
    writer.close();
  });
});

Deno.test("a file that is opened too late for a killed greenlet is closed", async () => {
  // The resource sanitizer would tell of one that is left open.
  await inFolder(function* (folder) {
    yield* writeTextFile(`${folder}/a`, "text");
    for (let i = 0; i < 10; i++) {
      const opening = spawn(function* () {
        yield* open(`${folder}/a`);
      });
      yield;
      yield* opening.kill();
    }
    yield settle();
    assert(true);
  });
});

Deno.test("readTextFile() ends by its own signal", async () => {
  await inFolder(function* (folder) {
    const { path, writer } = (yield pipeIn(folder)) as Awaited<ReturnType<typeof pipeIn>>;
    const controller = new AbortController();
    const reading = spawn(function* () {
      yield* readTextFile(path, { signal: controller.signal });
    });
    yield settle();
    controller.abort();
    yield* reading.join();
    assertEquals((reading.exception as Error).name, "AbortError");
    writer.close();
  });
});
