// Copyright 2026 the Tendril authors. MIT license.

import { assertEquals, assertInstanceOf, assertRejects, assertStringIncludes } from "@std/assert";
import { stub } from "@std/testing/mock";
import { dump, GreenletExit, spawn, until } from "@tendril/tendril";
import { create, File, open, stat, writeTextFile } from "@tendril/tendril/io";
import { settle } from "../../manual_clock.ts";
import { inFolder, openFifo } from "./folder.ts";

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

Deno.test("a file that is opened too late for a killed greenlet is closed", async () => {
  let closed = 0;
  const { close } = File.prototype;
  using _ = stub(File.prototype, "close", function (this: File) {
    closed++;
    return close.call(this);
  });
  await inFolder(function* (folder) {
    yield* writeTextFile(`${folder}/a`, "text");
    for (let i = 0; i < 10; i++) {
      const opening = spawn(function* () {
        using _file = yield* open(`${folder}/a`); // should it be in time all the same
      });
      yield;
      yield* opening.kill();
    }
    while (closed < 10) yield settle();
  });
});

Deno.test("create() empties a file and opens it for both ways", async () => {
  await inFolder(function* (folder) {
    yield* writeTextFile(`${folder}/a`, "old");
    using file = yield* create(`${folder}/a`);
    yield* file.write(new TextEncoder().encode("new"));
    yield* file.seek(0);
    assertEquals(yield* file.read(new Uint8Array(10)), 3);
  });
});

Deno.test("File.utime() and syncData() do what they say", async () => {
  await inFolder(function* (folder) {
    using file = yield* create(`${folder}/a`);
    yield* file.utime(1000, 2000);
    yield* file.syncData();
    assertEquals((yield* file.stat()).mtime, new Date(2_000_000));
    assertEquals(file.isTerminal(), false);
  });
});

Deno.test("File.readable is read line by line", async () => {
  await inFolder(function* (folder) {
    yield* writeTextFile(`${folder}/a`, "one\ntwo\nthree");
    using file = yield* open(`${folder}/a`);
    using lines = file.readable.lines();
    const got: string[] = [];
    for (let step = yield* lines.next(); !step.done; step = yield* lines.next()) {
      got.push(step.value);
    }
    assertEquals(got, ["one", "two", "three"]);
  });
});

Deno.test("File.lock() keeps others out until unlock()", async () => {
  await inFolder(function* (folder) {
    using mine = yield* create(`${folder}/a`);
    using theirs = yield* open(`${folder}/a`);
    yield* mine.lock(true);
    assertEquals(yield* theirs.tryLock(), false);
    const waiting = spawn(function* () {
      yield* theirs.lock();
      return "locked";
    });
    yield settle();
    assertStringIncludes(dump(), `waits for lock ${folder}/a`);
    yield* mine.unlock();
    assertEquals(yield* waiting, "locked");
    yield* theirs.unlock();
  });
});

Deno.test("a kill in File.lock() gives back the lock that came too late", async () => {
  await inFolder(function* (folder) {
    using mine = yield* create(`${folder}/a`);
    yield* mine.lock(true);
    const host = yield* until(() => Deno.open(`${folder}/a`));
    using theirs = new File(host, `${folder}/a`);
    const waiting = spawn(function* () {
      yield* theirs.lock(true);
    });
    yield settle();
    yield* waiting.kill();
    const { promise, resolve } = Promise.withResolvers<void>();
    host.unlock = () => Deno.FsFile.prototype.unlock.call(host).then(resolve);
    yield* mine.unlock();
    yield promise; // the host took the lock for nobody
    assertEquals(yield* mine.tryLock(true), true);
  });
});

Deno.test("a kill in File.read() ends the greenlet at once", async () => {
  await inFolder(function* (folder) {
    const { path, writer } = yield* openFifo(folder);
    using file = yield* open(path);
    const reading = spawn(function* () {
      yield* file.read(new Uint8Array(10));
    });
    yield settle();
    yield* reading.kill();
    assertInstanceOf(reading.value as unknown, GreenletExit);
    writer.close();
  });
});

Deno.test("a closed File names itself in its errors", async () => {
  await inFolder(function* (folder) {
    const file = yield* create(`${folder}/a`);
    file.close();
    const error = yield assertRejects(
      async () => await file.read(new Uint8Array(1)),
      Deno.errors.BadResource,
    );
    assertStringIncludes(error.message, `Cannot read "${folder}/a"`);
    assertInstanceOf(error.cause, Deno.errors.BadResource);
  });
});
