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
import {
  ConcurrentObjectUseError,
  dump,
  getHub,
  run,
  select,
  sleep,
  spawn,
  Timeout,
  until,
  withTimeout,
} from "@tendril/tendril";
import { type ByteStream, Popen, TimeoutExpired } from "@tendril/tendril/io";
import { ManualClock, settle } from "../../manual_clock.ts";
import { isAlive, shell, STUBBORN } from "./process.ts";

const decoder = new TextDecoder();

Deno.test("Popen runs a program and tells how it ended", async () => {
  await run(function* () {
    const process = shell("exit 3");
    assertEquals(process.poll(), null);
    assertEquals(yield* process.wait(), 3);
    assertEquals([process.poll(), process.returncode, yield* process.wait()], [3, 3, 3]);
  });
});

Deno.test("Popen passes its options on", async () => {
  const folder = await Deno.makeTempDir();
  const options = { cwd: folder, env: { WORD: "hello" }, stdout: "piped" } as const;
  await using process = shell("pwd; echo $WORD", options);
  assertEquals(await process.stdout!.text(), `${await Deno.realPath(folder)}\nhello\n`);
  assertEquals([process.stdin, process.stderr], [null, null]);
  assertEquals(process.argv, ["sh", "-c", "pwd; echo $WORD"]);
  await Deno.remove(folder);
});

Deno.test("Popen says which program there is not, or which folder", () => {
  const noProgram = assertThrows(() => new Popen(["no-such-program"]), Deno.errors.NotFound);
  assertEquals(
    noProgram.message,
    'Cannot run "no-such-program": there is no such program; give its path, or see to PATH',
  );
  assertInstanceOf(noProgram.cause, Deno.errors.NotFound);
  const noFolder = assertThrows(
    () => new Popen(["true"], { cwd: "/no/such/folder" }),
    Deno.errors.NotFound,
  );
  assertStringIncludes(noFolder.message, "/no/such/folder");
  assertThrows(() => new Popen(["/etc/passwd"]), Deno.errors.PermissionDenied, "/etc/passwd");
});

Deno.test("Popen refuses what is no array of strings", () => {
  for (const argv of ["ls -l", [], ["ls", 1]]) {
    assertThrows(() => new Popen(argv as string[]), TypeError, "Cannot run");
  }
});

Deno.test("a process is written to and read from piece by piece", async () => {
  await run(function* () {
    const cat = new Popen(["cat"], { stdin: "piped", stdout: "piped" });
    yield* cat.stdin!.write("one");
    assertEquals(decoder.decode((yield* cat.stdout!.read())!), "one");
    yield* cat.stdin!.write(new TextEncoder().encode("two"));
    assertEquals(decoder.decode((yield* cat.stdout!.read())!), "two");
    yield* cat.stdin!.close();
    yield* cat.stdin!.close();
    assertEquals(yield* cat.stdout!.read(), null);
    assertEquals(yield* cat.wait(), 0);
  });
});

Deno.test("the pipes of a process are streams of the platform", async () => {
  await using cat = new Popen(["cat"], { stdin: "piped", stdout: "piped" });
  await new Response("hello").body!.pipeTo(cat.stdin!);
  assertEquals(await new Response(cat.stdout).text(), "hello");
  assertEquals(await cat.wait(), 0);
});

Deno.test("a process is read line by line, while it runs", async () => {
  await run(function* () {
    const process = shell("echo one; read x; echo $x", { stdin: "piped", stdout: "piped" });
    using lines = process.stdout!.lines();
    assertEquals((yield* lines.next()).value, "one");
    yield* process.stdin!.write("two\n");
    assertEquals((yield* lines.next()).value, "two");
    assertEquals((yield* lines.next()).done, true);
    yield* process.close();
  });
});

Deno.test("a wait for output that is given up loses nothing", async () => {
  await run(function* () {
    const cat = new Popen(["cat"], { stdin: "piped", stdout: "piped" });
    for (let i = 0; i < 20; i++) {
      const reading = spawn(function* () {
        yield* cat.stdout!.read();
      });
      yield;
      const late = yield* select({ piece: reading.get(), late: sleep(0) });
      assertEquals(late.key, "late");
      yield* reading.kill();
    }
    yield* cat.stdin!.write("hello");
    assertEquals(decoder.decode((yield* cat.stdout!.read())!), "hello");
    const late = yield* withTimeout(5, cat.stdout!.text(), { value: "late" });
    assertEquals(late, "late");
    yield* cat.stdin!.write(" world");
    yield* cat.stdin!.close();
    assertEquals(yield* cat.stdout!.text(), " world");
    yield* cat.wait();
  });
});

Deno.test("a second reader of a process is refused by an error that names the first", async () => {
  await run(function* () {
    const cat = new Popen(["cat"], { stdin: "piped", stdout: "piped" });
    const first = spawn(function* () {
      return yield* cat.stdout!.read();
    });
    yield;
    const error = yield* until(
      assertRejects(async () => await cat.stdout!.read(), ConcurrentObjectUseError),
    );
    assertStringIncludes(error.message, `the stdout of cat in`);
    assertStringIncludes(error.message, `${first.name} reads it`);
    yield* cat.close();
    assertEquals(yield* first, null);
  });
});

Deno.test("writing to a process that has ended names it", async () => {
  await using process = new Popen(["true"], { stdin: "piped" });
  await process.wait();
  const error = await assertRejects(
    async () => await process.stdin!.write("hello"),
    Deno.errors.BrokenPipe,
    "Cannot write to the stdin of true",
  );
  assertInstanceOf(error.cause, Deno.errors.BrokenPipe);
});

Deno.test("returncode is minus the number of the signal that ended a process", async () => {
  for (const [signal, code] of [["SIGTERM", -15], ["SIGKILL", -9], ["SIGINT", -2]] as const) {
    const process = new Popen(["sleep", "100"]);
    process.sendSignal(signal);
    assertEquals(await process.wait(), code);
  }
});

Deno.test("kill() and terminate() end a process, and do nothing to one that has ended", async () => {
  const killed = new Popen(["sleep", "100"]);
  killed.kill();
  const ended = new Popen(["sleep", "100"]);
  ended.terminate();
  assertEquals([await killed.wait(), await ended.wait()], [-9, -15]);
  killed.kill();
  ended.terminate();
  ended.sendSignal("SIGHUP");
});

Deno.test("wait() tells in a dump what is waited for, and a kill leaves the process alone", async () => {
  await using process = new Popen(["sleep", "100"]);
  const waiting = spawn(function* () {
    yield* process.wait();
  });
  await settle();
  assertStringIncludes(dump(), "waits for process sleep 100");
  const { external } = getHub().stats();
  await waiting.kill();
  assertEquals(getHub().stats().external, external - 1);
  await settle();
  assert(isAlive(process.pid));
});

Deno.test("wait() with a timeout throws TimeoutExpired, and can be called again", async () => {
  using clock = new ManualClock();
  const process = new Popen(["sleep", "100"]);
  const waiting = spawn(function* () {
    try {
      yield* process.wait({ timeout: 10 });
    } catch (error) {
      return error;
    }
  });
  await clock.advance(10);
  const error = await waiting;
  assertInstanceOf(error, TimeoutExpired);
  assertInstanceOf(error, Timeout);
  assertEquals([error.name, error.ms, error.command], ["TimeoutExpired", 10, ["sleep", "100"]]);
  process.kill();
  assertEquals(await process.wait({ timeout: 10 }), -9);
});

Deno.test("wait() throws the Timeout it was given", async () => {
  await using process = new Popen(["sleep", "100"]);
  const limit = new Timeout(1);
  assertStrictEquals(
    await assertRejects(async () => await process.wait({ timeout: limit })),
    limit,
  );
});

Deno.test("wait() that loses a select leaves the process alone", async () => {
  await run(function* () {
    const process = new Popen(["cat"], { stdin: "piped" });
    assertEquals((yield* select({ end: process.wait(), late: sleep(1) })).key, "late");
    yield* process.stdin!.close();
    assertEquals(yield* select({ end: process.wait() }), { key: "end", value: 0 });
  });
});

Deno.test("await using ends a process that runs", async () => {
  let pid: number;
  {
    await using process = new Popen(["sleep", "100"], { stdin: "piped", stdout: "piped" });
    pid = process.pid;
    assert(isAlive(pid));
  }
  assert(!isAlive(pid));
});

Deno.test("close() ends a process that ignores SIGTERM after the grace period", async () => {
  using clock = new ManualClock();
  const process = shell(STUBBORN, { stdout: "piped" });
  const lines = process.stdout!.lines();
  assertEquals((await lines.next()).value, "ready");
  const closing = spawn(function* () {
    yield* process.close();
  });
  assertEquals((await lines.next()).value, "not yet");
  await clock.advance(4999);
  assertEquals([process.poll(), closing.ready], [null, false]);
  await clock.advance(1);
  await closing;
  assertEquals(process.returncode, -9);
  assertEquals((await lines.next()).done, true); // it was asked once
});

Deno.test("close() of several is one, and after the end it only closes the pipes", async () => {
  const process = shell("echo hello", { stdin: "piped", stdout: "piped", stderr: "piped" });
  assertEquals(await process.wait(), 0);
  await Promise.all([process.close(), process.close()]);
});

Deno.test("close() does not wait for a grandchild that holds the pipes", async () => {
  const process = shell("sleep 1000 & echo $!; wait", { stdout: "piped" });
  const lines = process.stdout!.lines();
  const grandchild = Number((await lines.next()).value);
  await process.close();
  assert(isAlive(grandchild));
  Deno.kill(grandchild, "SIGKILL");
});

Deno.test("a Popen shows itself", async () => {
  await using process = new Popen(["sleep", "100"]);
  assertEquals(Deno.inspect(process), `<Popen ${process.pid} sleep 100 running>`);
  await process.close();
  assertEquals(Deno.inspect(process), `<Popen ${process.pid} sleep 100 returncode -15>`);
});

Deno.test("leaving a loop over output, or a kill in it, closes the pipe", async () => {
  for (const leave of [true, false]) {
    await using cat = new Popen(["cat"], { stdin: "piped", stdout: "piped" });
    const looping = spawn(async () => {
      for await (const _piece of cat.stdout!) if (leave) break;
    });
    await cat.stdin!.write("one");
    while (!leave && !dump().includes("waits for stdout of cat")) await settle();
    if (leave) await looping;
    else await looping.kill();
    assertEquals(await cat.stdout!.read(), null);
  }
});

const ways: Record<string, (stdout: ByteStream) => Promise<string>> = {
  "read()": async (stdout) => decoder.decode((await stdout.read())!) + await stdout.text(),
  "text()": async (stdout) => await stdout.text(),
  "lines()": async (stdout) => (await Array.fromAsync(stdout.lines())).join(),
  "for await": async (stdout) => {
    let text = "";
    for await (const piece of stdout) text += decoder.decode(piece);
    return text;
  },
  "pipeTo()": async (stdout) => {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const text = new Response(readable).text();
    await stdout.pipeTo(writable);
    return await text;
  },
};

for (const [way, read] of Object.entries(ways)) {
  Deno.test(`a piece that came for a read() that lost a select is the first in ${way}`, async () => {
    await using cat = new Popen(["cat"], { stdin: "piped", stdout: "piped" });
    await cat.stdin!.write("one");
    await run(function* () {
      const done = spawn(() => "done");
      yield* done;
      const piece = cat.stdout!.read();
      yield* until(piece.then(() => {}));
      assertEquals((yield* select({ done: done.get(), piece })).key, "done");
    });
    await cat.stdin!.write("two");
    await cat.stdin!.close();
    assertEquals(await read(cat.stdout!), "onetwo");
  });
}
