// Copyright 2026 the Tendril authors. MIT license.
// Patched functions called from generators, and from code that knows nothing of greenlets.

import childProcess from "node:child_process";
import { once } from "node:events";
import fs from "node:fs/promises";
import { promisify } from "node:util";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import {
  all,
  dump,
  getCurrent,
  GreenletExit,
  type Op,
  run,
  spawn,
  spawnWith,
  until,
} from "@tendril/tendril";
import { getOriginal, patch, patchAll, patchPromise } from "@tendril/tendril/monkey";
import { settle } from "../../manual_clock.ts";
import { bytes, eventually, text, waitsFor } from "../io/sockets.ts";

/** A promise as a greenlet may `yield*` it at run time; the types of the host cannot tell. */
function op<T>(promise: Promise<T>): Op<T> {
  return promise as unknown as Op<T>;
}

/** A server that answers what it is asked, or never under "/hang"; it notes who came and went. */
class Server implements AsyncDisposable {
  came = 0;
  gone = 0;
  readonly #server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    this.came++;
    if (!request.url.endsWith("/hang")) return new Response(request.headers.get("x-name"));
    const { promise, resolve } = Promise.withResolvers<Response>();
    request.signal.addEventListener("abort", () => {
      this.gone++;
      resolve(new Response());
    });
    return promise;
  });

  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

Deno.test("a generator can yield* what patched functions return", async () => {
  await using server = new Server();
  using _ = patchAll();
  await run(function* () {
    const response = yield* op(fetch(server.url, { headers: { "x-name": "hello" } }));
    assertEquals(yield* op(response.text()), "hello");
    const { size } = yield* op(Deno.stat(import.meta.filename!));
    assertEquals((yield* op(Deno.readFile(import.meta.filename!))).length, size);
    const info: Deno.FileInfo = yield Deno.lstat(import.meta.filename!);
    assertEquals(info.size, size);
  });
});

Deno.test("a generator that is killed in a patched call ends what is behind it", async () => {
  await using server = new Server();
  using _ = patchAll();
  const greenlet = spawn(function* () {
    yield* op(fetch(`${server.url}/hang`));
  });
  await eventually(() => server.came === 1);
  await greenlet.kill();
  await eventually(() => server.gone === 1);
});

Deno.test("all() takes patched calls, which end with it", async () => {
  await using server = new Server();
  using _ = patchAll();
  const greenlet = spawnWith({ name: "both" }, function* () {
    const one = fetch(`${server.url}/hang`);
    yield* all([one, fetch(`${server.url}/hang`)]);
  });
  await eventually(() => server.came === 2);
  assert(dump().includes(`both: waits for all of fetch ${server.url}/hang, fetch`));
  await greenlet.kill();
  await eventually(() => server.gone === 2);
});

Deno.test("code that knows nothing of greenlets belongs to the one that calls it", async () => {
  await using server = new Server();
  using _ = patchAll();
  const library = async () => {
    await Promise.resolve();
    await Promise.all([fetch(`${server.url}/hang`), fetch(`${server.url}/hang`)]);
  };
  const greenlet = spawnWith({ name: "caller" }, function* () {
    yield* until(library);
  });
  await eventually(() => server.came === 2);
  const waits = `fetch ${server.url}/hang`;
  assert(dump().includes(`caller: waits for ${waits}, ${waits}`));
  await greenlet.kill();
  await eventually(() => server.gone === 2);
});

Deno.test("what a killed greenlet would begin is not begun", async () => {
  await using server = new Server();
  using _ = patchAll();
  const { promise, resolve } = Promise.withResolvers<void>();
  const greenlet = spawn(async () => {
    await promise;
    await fetch(server.url);
  });
  await settle();
  greenlet.kill();
  resolve();
  await greenlet.join();
  assertInstanceOf(greenlet.value, GreenletExit);
  await settle();
  assertEquals(server.came, 0);
});

Deno.test("a signal that is given to fetch() works beside the greenlet's", async () => {
  await using server = new Server();
  using _ = patchAll();
  const stop = new AbortController();
  const reason = new Error("changed my mind");
  const greenlet = spawn(() => fetch(`${server.url}/hang`, { signal: stop.signal }));
  const other = spawn(() => fetch(new Request(`${server.url}/hang`, { signal: stop.signal })));
  await eventually(() => server.came === 2);
  stop.abort(reason);
  assertStrictEquals(await assertRejects(async () => await greenlet), reason);
  assertStrictEquals(await assertRejects(async () => await other), reason);
  await eventually(() => server.gone === 2);
});

Deno.test("fetch() takes a Request for its options", async () => {
  await using server = new Server();
  using _ = patchAll();
  const options = new Request("http://localhost/", { headers: { "x-name": "from a request" } });
  const text = await spawn(async () => await (await fetch(server.url, options)).text());
  assertEquals(text, "from a request");
});

Deno.test("outside any greenlet the promises are the host's own", async () => {
  await using server = new Server();
  using _ = patchAll({ promise: false });
  const promise = fetch(server.url, { headers: { "x-name": "bare" } });
  assertEquals([promise.constructor, Symbol.iterator in promise], [Promise, false]);
  const response = await promise;
  assertEquals([response.constructor, await response.text()], [Response, "bare"]);
  const info = Deno.stat(".");
  assertEquals(Symbol.iterator in info, false);
  await info;
});

Deno.test("yield* of any promise works while promises are patched", async () => {
  const failure = new RangeError("broken");
  {
    using _ = patchPromise();
    await run(function* () {
      assertEquals(yield* op(Promise.resolve(7)), 7);
      try {
        yield* op(Promise.reject(failure));
      } catch (error) {
        assertStrictEquals(error, failure);
      }
      const waiter = spawnWith({ name: "waiter" }, function* () {
        yield* op(new Promise<void>(() => {}));
      });
      yield;
      assert(dump().includes("waiter: waits for promise"));
      yield* waiter.kill();
    });
    assertEquals(Object.keys(Promise.prototype), []);
  }
  assertEquals(Symbol.iterator in Promise.prototype, false);
});

Deno.test("a promisified exec() ends with the greenlet, and has its child", async () => {
  using _ = patchAll();
  const command = "exec sleep 1000";
  let child!: childProcess.ChildProcess;
  const greenlet = spawnWith({ name: "shell" }, async () => {
    const running = promisify(childProcess.exec)(command);
    child = running.child;
    await running;
  });
  await eventually(() => child !== undefined);
  assert(dump().includes(`shell: waits for output of ${command}`));
  const closed = once(child, "close");
  await greenlet.kill();
  assertEquals(await closed, [null, "SIGTERM"]);
});

Deno.test("an error of a process of Node that nobody handles stays unhandled", async () => {
  using _ = patchAll();
  await run(async () => {
    const child = childProcess.spawn("/no/such/program");
    assertEquals(child.listenerCount("error"), 0);
    const error = await new Promise<NodeJS.ErrnoException>((resolve) => child.on("error", resolve));
    assertEquals(error.code, "ENOENT");
    assertEquals(getCurrent().waits, []);
  });
});

Deno.test("a process that a generator started ends when that is killed elsewhere", async () => {
  using _ = patchAll();
  let child!: Deno.ChildProcess;
  const greenlet = spawn(function* () {
    child = new Deno.Command("sleep", { args: ["1000"] }).spawn();
    yield* until(new Promise(() => {}));
  });
  await eventually(() => child !== undefined);
  await greenlet.kill();
  assertEquals((await child.status).signal, "SIGTERM");
});

Deno.test("a command that was made before the patch runs", async () => {
  const command = new Deno.Command("echo", { args: ["hello"] });
  using _ = patchAll();
  const { stdout } = await spawn(() => command.output());
  assertEquals(new TextDecoder().decode(stdout), "hello\n");
});

Deno.test("a command keeps what it was made with", async () => {
  using _ = patchAll();
  const options: Deno.CommandOptions = { args: ["-c", "cat; pwd"], cwd: "/", stderr: "null" };
  const { stdout, success } = await spawn(() => new Deno.Command("sh", options).output());
  assertEquals([new TextDecoder().decode(stdout), success], ["/\n", true]);
  await assertRejects(
    () => run(async () => void await new Deno.Command("sh", { stdin: "piped" }).output()),
    TypeError,
  );
});

Deno.test("a file that is opened too late for a killed greenlet is closed", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { open } = Deno;
  let closed = 0;
  Deno.open = async (...args) => {
    await promise;
    const file = await open(...args);
    const { close } = file;
    file.close = () => {
      closed++;
      close.call(file);
    };
    return file;
  };
  try {
    using _ = patch("Deno.open");
    const greenlet = spawn(() => Deno.open("."));
    await settle();
    await greenlet.kill();
    resolve();
    await eventually(() => closed === 1);
    assert(getOriginal("Deno.open") !== open);
  } finally {
    Deno.open = open;
  }
});

Deno.test("a lock that a killed greenlet gets too late is given back", async () => {
  const path = Deno.makeTempFileSync();
  using file = Deno.openSync(path, { write: true });
  using other = Deno.openSync(path, { write: true });
  const { lock } = Deno.FsFile.prototype;
  let locking!: Promise<void>;
  Deno.FsFile.prototype.lock = function (...args) {
    return locking = lock.apply(this, args);
  };
  try {
    using _ = patch("Deno.FsFile.prototype.lock");
    const greenlet = spawn(() => file.lock(true));
    for (let i = 0; i < 100 && greenlet.waits.length === 0; i++) await Promise.resolve();
    await greenlet.kill();
    await locking;
    await settle();
    assertEquals(other.tryLockSync(true), true);
  } finally {
    Deno.FsFile.prototype.lock = lock;
    Deno.removeSync(path);
  }
});

Deno.test("a sequence of many patched calls leaves nothing behind", async () => {
  using _ = patchAll();
  const greenlet = spawn(async () => {
    for (let i = 0; i < 1000; i++) {
      await new Promise((resolve) => setImmediate(resolve));
      clearTimeout(setTimeout(() => {}, 1000));
    }
    return getCurrent().waits.length;
  });
  assertEquals(await greenlet, 0);
});

Deno.test("what Node's functions call for their part is not listed", async () => {
  using _ = patchAll();
  const folder = Deno.makeTempDirSync();
  const reasons = await spawn(async () => {
    await Promise.resolve();
    const making = fs.mkdir(`${folder}/a`);
    const reasons = getCurrent().waits.map((wait) => wait.reason);
    await making;
    return reasons;
  });
  assertEquals(reasons, [`mkdir ${folder}/a`]);
  Deno.removeSync(folder, { recursive: true });
});

Deno.test("what comes for a killed read of a pipe goes to the next read", async () => {
  using _ = patchAll();
  const folder = Deno.makeTempDirSync();
  new Deno.Command("mkfifo", { args: [`${folder}/pipe`] }).outputSync();
  using file = Deno.openSync(`${folder}/pipe`, { read: true, write: true });
  const reader = spawn(() => file.read(new Uint8Array(10)));
  await waitsFor("read a file");
  await reader.kill();
  file.writeSync(bytes("hello"));
  const buffer = new Uint8Array(10);
  assertEquals(await spawn(() => file.read(buffer)), 5);
  assertEquals(text(buffer.subarray(0, 5)), "hello");
  Deno.removeSync(folder, { recursive: true });
});

/** A stream of three chunks, and whether it was cancelled. */
function counting(): { stream: ReadableStream<number>; cancelled: () => boolean } {
  let isCancelled = false;
  let last = 0;
  const stream = new ReadableStream<number>({
    pull(controller) {
      if (last === 3) controller.close();
      else controller.enqueue(++last);
    },
    cancel: () => void (isCancelled = true),
  }, { highWaterMark: 0 });
  return { stream, cancelled: () => isCancelled };
}

Deno.test("a stream is iterated in a greenlet as outside of it", async () => {
  using _ = patchAll();
  const use = async () => {
    const log: unknown[] = [];
    const whole = counting();
    for await (const chunk of whole.stream) log.push(chunk);
    log.push(whole.stream.locked, whole.cancelled());
    const left = counting();
    for await (const chunk of left.stream) {
      log.push(chunk);
      break;
    }
    log.push(left.stream.locked, left.cancelled());
    const kept = counting();
    for await (const chunk of kept.stream.values({ preventCancel: true })) {
      log.push(chunk);
      break;
    }
    log.push(kept.stream.locked, kept.cancelled());
    const iterator = kept.stream.values();
    log.push(kept.stream.locked, await iterator.next(), await iterator.return!(7));
    log.push(await iterator.next(), kept.cancelled());
    const locked = counting();
    locked.stream.getReader();
    log.push(await Promise.try(() => locked.stream.values()).catch((error) => error.name));
    return log;
  };
  assertEquals(await spawn(use), await use());
});
