// Copyright 2026 the Tendril authors. MIT license.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { dump, GreenletExit, select, sleep, spawn, until } from "@tendril/tendril";
import {
  chmod,
  chown,
  copyFile,
  link,
  lstat,
  makeTempDir,
  makeTempFile,
  mkdir,
  readDir,
  readFile,
  readLink,
  readTextFile,
  realPath,
  remove,
  rename,
  stat,
  symlink,
  truncate,
  utime,
  watchFs,
  writeFile,
  writeTextFile,
} from "@tendril/tendril/io";
import { settle } from "../../manual_clock.ts";
import { inFolder, openFifo } from "./folder.ts";

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

Deno.test("copyFile(), link(), symlink(), readLink() and lstat() do what they say", async () => {
  await inFolder(function* (folder) {
    const [a, b, c, d] = ["a", "b", "c", "d"].map((name) => `${folder}/${name}`) as [
      string,
      string,
      string,
      string,
    ];
    yield* writeTextFile(a, "text");
    yield* copyFile(a, b);
    yield* link(a, c);
    yield* symlink(a, d);
    yield* writeTextFile(a, "new");
    assertEquals(
      [yield* readTextFile(b), yield* readTextFile(c), yield* readTextFile(d)],
      ["text", "new", "new"],
    );
    assertEquals(yield* readLink(d), a);
    assertEquals(yield* realPath(d), yield* realPath(a));
    assertEquals([(yield* lstat(d)).isSymlink, (yield* stat(d)).isSymlink], [true, false]);
  });
});

Deno.test("truncate(), chmod(), chown() and utime() do what they say", async () => {
  await inFolder(function* (folder) {
    const path = `${folder}/a`;
    yield* writeTextFile(path, "12345");
    yield* truncate(path, 3);
    yield* chmod(path, 0o600);
    yield* chown(path, null, null);
    yield* utime(path, 1000, new Date(5000));
    const { size, mode, atime, mtime } = yield* stat(path);
    assertEquals([size, mode! & 0o777], [3, 0o600]);
    assertEquals([atime, mtime], [new Date(1_000_000), new Date(5000)]);
  });
});

Deno.test("makeTempDir() and makeTempFile() make what nobody else has", async () => {
  await inFolder(function* (folder) {
    const made = yield* makeTempDir({ dir: folder, prefix: "x" });
    const file = yield* makeTempFile({ dir: made, suffix: ".y" });
    assert(made.startsWith(`${folder}/x`) && file.startsWith(`${made}/`) && file.endsWith(".y"));
    assertEquals((yield* stat(file)).size, 0);
  });
});

Deno.test("readDir() gives the entries to greenlets and to loops", async () => {
  await inFolder(function* (folder) {
    for (const name of ["a", "b", "c"]) yield* writeTextFile(`${folder}/${name}`, "");
    using entries = readDir(folder);
    const names: string[] = [];
    for (let step = yield* entries.next(); !step.done; step = yield* entries.next()) {
      names.push(step.value.name);
    }
    assertEquals(names.sort(), ["a", "b", "c"]);
    const again = yield* until(async () => (await Array.fromAsync(readDir(folder))).length);
    assertEquals(again, 3);
  });
});

Deno.test("readDir() of nothing fails in next(), and again", async () => {
  const entries = readDir("/no/such/folder");
  for (let i = 0; i < 2; i++) {
    const error = await assertRejects(async () => await entries.next(), Deno.errors.NotFound);
    assertStringIncludes(error.message, 'Cannot read the directory "/no/such/folder"');
  }
});

Deno.test("watchFs() tells what happens, and keeps what nobody waited for", async () => {
  await inFolder(function* (folder) {
    using events = watchFs(folder);
    const nothing = yield* select({ event: events.next(), late: sleep(1) });
    assertEquals(nothing.key, "late");
    yield* writeTextFile(`${folder}/a`, "text");
    const { value } = yield* events.next();
    assertEquals(value?.paths, [`${yield* realPath(folder)}/a`]);
  });
});

Deno.test("a kill in a loop over watchFs() ends the watch", async () => {
  await inFolder(function* (folder) {
    const watching = spawn(async () => {
      for await (const _event of watchFs(folder));
    });
    while (!dump().includes(`waits for watch ${folder}`)) yield settle();
    yield* watching.kill();
    // The resource sanitizer would tell of a watcher that is left open.
  });
});

Deno.test("watchFs() that is closed tells who waits that nothing more comes", async () => {
  await inFolder(function* (folder) {
    const events = watchFs(folder);
    const waiting = spawn(function* () {
      return yield* events.next();
    });
    yield settle();
    events.close();
    events.close();
    assertEquals(yield* waiting, { done: true, value: undefined });
    assertEquals(yield* events.next(), { done: true, value: undefined });
  });
});

Deno.test("watchFs() of nothing names it", () => {
  const error = assertThrows(() => watchFs("/no/such/file"), Deno.errors.NotFound);
  assertStringIncludes(error.message, "Cannot watch /no/such/file");
  assertInstanceOf(error.cause, Deno.errors.NotFound);
});

Deno.test("errors keep the host's class, name what was done, and have its error as cause", async () => {
  const path = "/no/such/file";
  const calls: Record<string, () => Promise<unknown>> = {
    [`read "${path}"`]: () => readTextFile(path),
    [`write "${path}"`]: () => writeTextFile(path, ""),
    [`rename "${path}"`]: () => rename(path, "/no/where"),
    [`remove "${path}"`]: () => remove(path),
    [`stat "${path}"`]: () => stat(path),
    [`make a temporary file in "${path}"`]: () => makeTempFile({ dir: path }),
    [`stat file://${path}`]: () => stat(new URL(`file://${path}`)),
  };
  for (const [action, call] of Object.entries(calls)) {
    const error = await assertRejects(call, Deno.errors.NotFound, `Cannot ${action}: `);
    assertInstanceOf(error.cause, Deno.errors.NotFound);
  }
});

Deno.test("a call that ends by its own signal rejects with the reason of that", async () => {
  const reason = new RangeError("changed my mind");
  const signal = AbortSignal.abort(reason);
  for (
    const call of [
      () => readFile("/dev/null", { signal }),
      () => writeFile("/dev/null", new Uint8Array(), { signal }),
      () => writeFile("/dev/null", new Uint8Array(5_000_000), { signal }),
    ]
  ) {
    assertStrictEquals(await assertRejects(call), reason);
  }
});

Deno.test("a kill ends a greenlet that reads a file at once", async () => {
  await inFolder(function* (folder) {
    const { path, writer } = yield* openFifo(folder);
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

Deno.test("readTextFile() ends by its own signal", async () => {
  await inFolder(function* (folder) {
    const { path, writer } = yield* openFifo(folder);
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
