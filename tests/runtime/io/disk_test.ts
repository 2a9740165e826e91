// Copyright 2026 the Tendril authors. MIT license.
// What is promised of a kill: nothing happens to the disk any more after it has returned.

import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import {
  dump,
  GreenletExit,
  type Op,
  select,
  spawn,
  Timeout,
  until,
  withTimeout,
} from "@tendril/tendril";
import {
  File,
  type IoPromise,
  makeTempDir,
  makeTempFile,
  mkdir,
  open,
  remove,
  rename,
  writeFile,
  writeTextFile,
} from "@tendril/tendril/io";
import { ManualClock, settle } from "../../manual_clock.ts";
import { inFolder, makeFifo } from "./folder.ts";

const ROUNDS = 50;
// A kill waits one second for the host; a test that is not about that takes a clock that stands still, so
// that a busy machine has all the time it needs.

/** What is in a folder: names and sizes. */
function listing(folder: string): string {
  const entries = Array.from(Deno.readDirSync(folder), ({ name }) => {
    const { size, isFile } = Deno.statSync(`${folder}/${name}`);
    return isFile ? `${name} ${size}` : name;
  });
  return entries.sort().join("\n");
}

/** Lets the host finish whatever it may still be doing. */
async function outlast(): Promise<void> {
  for (let i = 0; i < 5; i++) {
    await Deno.stat(".");
    await settle();
  }
}

const calls: Record<string, (path: string, folder: string) => IoPromise<unknown>> = {
  "open()": (path) => open(path, { write: true, create: true }),
  "mkdir()": (path) => mkdir(path),
  "writeFile()": (path) => writeFile(path, new Uint8Array(100_000)),
  "writeTextFile()": (path) => writeTextFile(path, "text"),
  "rename()": (path, folder) => {
    Deno.writeTextFileSync(`${folder}/old`, "");
    return rename(`${folder}/old`, path);
  },
  "remove()": (path) => {
    Deno.writeTextFileSync(path, "");
    return remove(path);
  },
};

/** A call may be done before the kill comes. */
function closeFile(result: unknown): void {
  if (result instanceof File) result.close();
}

for (const [name, call] of Object.entries(calls)) {
  Deno.test(`after a kill in ${name} nothing happens to the disk`, async () => {
    await inFolder(function* (folder) {
      using _patience = new ManualClock();
      for (let i = 0; i < ROUNDS; i++) {
        const working = spawn(function* () {
          closeFile(yield* call(`${folder}/${i}`, folder));
        });
        yield;
        yield* working.kill();
        assert(working.successful); // killed, or done before
        const before = listing(folder);
        yield outlast();
        assertEquals(listing(folder), before);
      }
    });
  });

  Deno.test(`after a kill of an async greenlet in ${name} nothing happens`, async () => {
    await inFolder(function* (folder) {
      using _patience = new ManualClock();
      for (let i = 0; i < ROUNDS; i++) {
        const working = spawn(async () => {
          closeFile(await call(`${folder}/${i}`, folder));
        });
        yield;
        yield* working.kill();
        assert(working.successful); // killed, or done before
        const before = listing(folder);
        yield outlast();
        assertEquals(listing(folder), before);
      }
    });
  });
}

Deno.test("a finally block finds the file that a killed open() made", async () => {
  await inFolder(function* (folder) {
    using _patience = new ManualClock();
    for (let i = 0; i < ROUNDS; i++) {
      const working = spawn(function* () {
        try {
          using _file = yield* open(`${folder}/part`, { write: true, create: true });
        } finally {
          yield* remove(`${folder}/part`);
        }
      });
      yield;
      yield* working.kill();
      assert(working.successful); // remove() found it
    }
    assertEquals(listing(folder), "");
  });
});

Deno.test("what a killed makeTempDir() or makeTempFile() made is removed", async () => {
  await inFolder(function* (folder) {
    using _patience = new ManualClock();
    for (const make of [makeTempDir, makeTempFile]) {
      for (let i = 0; i < ROUNDS; i++) {
        const making = spawn(function* () {
          yield* remove(yield* make({ dir: folder })); // it may be done before the kill
        });
        yield;
        yield* making.kill();
      }
    }
    assertEquals(listing(folder), "");
  });
});

Deno.test("a kill ends the writing of much data after a piece", async () => {
  await inFolder(function* (folder) {
    using _patience = new ManualClock();
    const data = new Uint8Array(200_000_000);
    const writing = spawn(function* () {
      yield* writeFile(`${folder}/a`, data);
    });
    while (listing(folder) === "" || listing(folder) === "a 0") yield settle();
    yield* writing.kill();
    const before = listing(folder);
    assert(before !== `a ${data.length}`);
    yield outlast();
    assertEquals(listing(folder), before);
  });
});

Deno.test("a Timeout ends a write as a kill does, and is thrown as that very object", async () => {
  await inFolder(function* (folder) {
    using clock = new ManualClock();
    const path = yield* makeFifo(folder); // nobody reads it
    const limit = new Timeout(10);
    const writing = spawn(function* () {
      try {
        yield* withTimeout(limit, writeTextFile(path, "text"));
      } catch (error) {
        return error;
      }
    });
    yield clock.advance(10);
    assert(dump().includes(`waits for write ${path}`));
    assertEquals(writing.ready, false);
    yield* readAll(path);
    assertStrictEquals(yield* writing, limit);
  });
});

/** Reads a named pipe up to its end, which lets go of who writes to it. */
function readAll(path: string): Op<string> {
  return until(() => Deno.readTextFile(path));
}

Deno.test("a kill waits one second for a host that does not answer, and no longer", async () => {
  await inFolder(function* (folder) {
    using clock = new ManualClock();
    const path = yield* makeFifo(folder);
    const writing = spawn(function* () {
      yield* writeTextFile(path, "text");
    });
    yield settle();
    const kill = writing.kill();
    yield clock.advance(999);
    assertEquals(writing.ready, false);
    yield clock.advance(1);
    yield* kill;
    assertEquals(yield* readAll(path), "text"); // the host goes on alone, as documented
  });
});

Deno.test("a forced kill does not wait for the host", async () => {
  await inFolder(function* (folder) {
    const path = yield* makeFifo(folder);
    const writing = spawn(function* () {
      yield* writeTextFile(path, "text");
    });
    yield settle();
    writing.kill();
    yield* writing.kill(new GreenletExit(), { force: true });
    yield* readAll(path);
    yield settle();
  });
});

Deno.test("a write that loses a select goes on alone", async () => {
  await inFolder(function* (folder) {
    const done = spawn(() => "done");
    yield* done;
    const first = yield* select({
      done: done.get(),
      written: writeTextFile(`${folder}/a`, "text"),
    });
    assertEquals(first.key, "done");
    while (listing(folder) !== "a 4") yield outlast();
  });
});

Deno.test("a greenlet that is killed before it waits for its call waits for the host", async () => {
  await inFolder(function* (folder) {
    using _patience = new ManualClock();
    for (let i = 0; i < ROUNDS; i++) {
      const working = spawn(function* () {
        const opening = open(`${folder}/${i}`, { write: true, create: true });
        working.kill(); // delivered at the next wait
        (yield* opening).close();
      });
      yield* working.join();
      const before = listing(folder);
      yield outlast();
      assertEquals(listing(folder), before);
    }
  });
});
