// Copyright 2026 the Tendril authors. MIT license.
// Patching and taking it back; what the patched functions do is in table_test.ts.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertNotStrictEquals,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  getOriginal,
  isPatched,
  patch,
  patchableNames,
  patchAll,
  PatchEvent,
  patchEvents,
  patchFetch,
  patchFs,
  patchNet,
  patchPromise,
  patchStreams,
  patchSubprocess,
  patchTimers,
  patchWebSocket,
  unpatchAll,
} from "@tendril/tendril/monkey";

const TYPES = ["willpatchall", "willpatch", "didpatch", "didpatchall", "stalereference"] as const;

/** Listens to all events as long as it is not disposed of. */
function listening(listener: (event: PatchEvent) => void): Disposable {
  const stop = new AbortController();
  for (const type of TYPES) {
    patchEvents.addEventListener(type, (event) => listener(event as PatchEvent), stop);
  }
  return { [Symbol.dispose]: () => stop.abort() };
}

Deno.test("patchAll() again changes nothing and tells nobody", () => {
  using _ = patchAll();
  const patched = fetch;
  const events: string[] = [];
  using _events = listening((event) => void events.push(event.type));
  using again = patchAll();
  assertStrictEquals(fetch, patched);
  assertEquals([again.names.length, events], [patchableNames().length, []]);
});

Deno.test("each part patches its names only, and parts add up", () => {
  const parts = [patchFetch, patchStreams, patchTimers, patchFs, patchNet, patchSubprocess]
    .concat([patchWebSocket, patchPromise]);
  const covered: string[] = [];
  using stack = new DisposableStack();
  for (const part of parts) {
    const { names } = stack.use(part());
    assert(names.length > 0);
    assertEquals(names.filter((name) => covered.includes(name)), []);
    covered.push(...names);
    assertEquals(patchableNames().filter(isPatched).toSorted(), covered.toSorted());
  }
  assertEquals(covered.toSorted(), patchableNames().toSorted());
});

Deno.test("patchAll() leaves out the parts that are switched off", () => {
  using _ = patchAll({ timers: false, promise: false });
  assertEquals([isPatched("fetch"), isPatched("setTimeout")], [true, false]);
  assertEquals(Symbol.iterator in Promise.prototype, false);
});

Deno.test("a name is restored with the last patch that covers it, in any order", () => {
  const original = fetch;
  for (const order of [[0, 1, 2], [2, 1, 0], [1, 2, 0]]) {
    const patches = [patchFetch(), patchAll(), patch("fetch")];
    order.forEach((at, i) => {
      assertNotStrictEquals(fetch, original);
      assertEquals(isPatched("fetch"), true);
      patches[at]![Symbol.dispose]();
      patches[at]![Symbol.dispose]();
      assertEquals(isPatched("fetch"), i < 2);
    });
    assertStrictEquals(fetch, original);
  }
});

Deno.test("unpatchAll() takes back all patches, whose disposal has no effect then", () => {
  const original = fetch;
  using _first = patchFetch();
  using _second = patchAll();
  unpatchAll();
  assertStrictEquals(fetch, original);
  assertEquals(patchableNames().filter(isPatched), []);
  using _third = patchFetch();
  _first[Symbol.dispose]();
  assertEquals(isPatched("fetch"), true);
});

Deno.test("getOriginal() gives the host's function before, during and after", () => {
  const original = fetch;
  assertStrictEquals(getOriginal("fetch"), original);
  {
    using _ = patchAll();
    assertStrictEquals(getOriginal("fetch"), original);
    assertNotStrictEquals(fetch, original);
  }
  assertStrictEquals(getOriginal("fetch"), original);
});

Deno.test("getOriginal() gives the getter of a property", () => {
  const { get } = Object.getOwnPropertyDescriptor(Deno.ChildProcess.prototype, "status")!;
  using _ = patchSubprocess();
  assertStrictEquals(getOriginal("Deno.ChildProcess.prototype.status"), get);
});

Deno.test("an unknown name is refused with a list of the known ones", () => {
  for (const use of [isPatched, getOriginal, patch] as ((name: string) => unknown)[]) {
    const error = assertThrows(() => use("Deno.raedFile"), RangeError);
    assertStringIncludes(error.message, "Cannot ");
    assertStringIncludes(error.message, '"Deno.raedFile": use one of the names');
    for (const name of patchableNames()) assertStringIncludes(error.message, name);
  }
});

Deno.test("patch() of an unknown name patches none of the others", () => {
  assertThrows(() => patch("fetch", "fecth"), RangeError);
  assertEquals(isPatched("fetch"), false);
});

Deno.test("patchAll() refuses a part that does not exist", () => {
  const options = { sockets: true } as object;
  const { message } = assertThrows(() => patchAll(options), TypeError);
  assertStringIncludes(message, 'Cannot patch "sockets": the parts are fetch, streams, timers');
  assertEquals(isPatched("fetch"), false);
});

Deno.test("events come in order, with the names that are patched", () => {
  const events: string[] = [];
  const counts: number[] = [];
  using _events = listening((event) => {
    events.push(`${event.type} ${event.part}`);
    counts.push(event.names.size);
    assertInstanceOf(event, PatchEvent);
    assertEquals(isPatched([...event.names][0]!), event.type.startsWith("did"));
  });
  using _ = patchAll({ fs: false, net: false, timers: false, streams: false, subprocess: false });
  assertEquals(events, [
    "willpatchall null",
    "willpatch fetch",
    "didpatch fetch",
    "willpatch webSocket",
    "didpatch webSocket",
    "willpatch promise",
    "didpatch promise",
    "didpatchall null",
  ]);
  assertEquals(counts[0], counts.at(-1));
});

Deno.test("patching more tells only of what is new", () => {
  using _ = patch("fetch");
  const events: string[] = [];
  using _events = listening(({ type, names }) => void events.push(type, ...names));
  using _more = patch("fetch", "WebSocket");
  assertEquals(events, ["willpatch", "WebSocket", "didpatch", "WebSocket"]);
});

Deno.test("preventDefault() of willpatchall vetoes everything that is new", () => {
  using _first = patch("WebSocket");
  using _events = listening((event) => event.type === "willpatchall" && event.preventDefault());
  using vetoed = patchAll();
  assertEquals(vetoed.names, ["WebSocket"]);
  assertEquals(patchableNames().filter(isPatched), ["WebSocket"]);
});

Deno.test("preventDefault() of willpatch vetoes a part", () => {
  using _events = listening((event) => {
    if (event.type === "willpatch" && event.part === "timers") event.preventDefault();
  });
  using _ = patchAll();
  assertEquals([isPatched("setTimeout"), isPatched("fetch")], [false, true]);
});

Deno.test("a name taken out of willpatch is vetoed, and asked for again the next time", () => {
  const original = fetch;
  {
    using _events = listening((event) => {
      if (event.type === "willpatch") event.names.delete("fetch");
    });
    using _ = patchAll();
    assertEquals([isPatched("fetch"), isPatched("Response.prototype.text")], [false, true]);
    assertStrictEquals(fetch, original);
  }
  using _ = patchAll();
  assertEquals(isPatched("fetch"), true);
});

Deno.test("what somebody else has put over a wrapper stays", () => {
  const original = Object.getOwnPropertyDescriptor(globalThis, "fetch")!;
  try {
    const over = () => Promise.reject(new Error("no network"));
    {
      using _ = patchFetch();
      globalThis.fetch = over;
    }
    assertStrictEquals(fetch, over);
    using _ = patchFetch();
    assertStrictEquals(getOriginal("fetch"), over);
  } finally {
    unpatchAll();
    Object.defineProperty(globalThis, "fetch", original);
  }
});

// deno-lint-ignore no-explicit-any -- modules of Node are looked into by name
const builtin = (name: string): any => (globalThis as any).process.getBuiltinModule(name);

Deno.test("wrappers have the names, lengths and properties of the originals", () => {
  const custom = Symbol.for("nodejs.util.promisify.custom");
  using _ = patchAll();
  for (
    const name of ["fetch", "setTimeout", "Deno.readTextFile", "node:net.Socket.prototype.connect"]
  ) {
    const original = getOriginal(name)!;
    const key = name.split(".").at(-1)!;
    const owner = name.startsWith("node:")
      ? builtin("node:net").Socket.prototype
      : name.startsWith("Deno")
      ? Deno
      : globalThis;
    assertEquals([owner[key].name, owner[key].length], [original.name, original.length]);
  }
  const promisified = (setTimeout as unknown as Record<symbol, unknown>)[custom];
  assertStrictEquals(promisified, builtin("node:timers/promises").setTimeout);
  assert(promisified !== getOriginal("node:timers/promises.setTimeout"));
});

Deno.test("functions that are one under two names stay one", () => {
  using _ = patchAll();
  assertStrictEquals(builtin("node:timers").setTimeout, setTimeout);
  assertStrictEquals(builtin("node:fs").promises.readFile, builtin("node:fs/promises").readFile);
  const { values, [Symbol.asyncIterator]: iterate } = ReadableStream.prototype;
  assertStrictEquals(values, iterate);
});

Deno.test("patched classes keep their instances, constants and subclasses", () => {
  const before = new Deno.Command("true");
  using _ = patchAll();
  class Mine extends Deno.Command {}
  assert(before instanceof Deno.Command);
  assert(new Mine("true") instanceof Mine && new Mine("true") instanceof Deno.Command);
  assertEquals(WebSocket.OPEN, 1);
  assertThrows(() => new WebSocket("nowhere"), DOMException);
});

/** The references that a patch tells of, as long as nobody prints them. */
function references(patching: () => Disposable): string[] {
  const found: string[] = [];
  using _events = listening((event) => {
    if (event.type !== "stalereference") return;
    event.preventDefault();
    found.push(...event.references);
  });
  using _ = patching();
  return found;
}

Deno.test("a warning names globals and CommonJS modules that refer to an original", () => {
  const { createRequire } = builtin("node:module");
  const path = Deno.makeTempFileSync({ suffix: ".cjs" });
  Deno.writeTextFileSync(
    path,
    `exports.get = fetch; exports.read = require("fs/promises").readFile; exports.other = 1;`,
  );
  const require = createRequire(import.meta.url);
  const globals = globalThis as unknown as Record<string, unknown>;
  try {
    require(path);
    globals.request = fetch;
    assertEquals(references(() => patch("fetch", "node:fs/promises.readFile")), [
      "globalThis.request (fetch)",
      `${path}.get (fetch)`,
      `${path}.read (node:fs/promises.readFile)`,
    ]);
    assertEquals(references(() => patch("WebSocket")), []);
  } finally {
    delete globals.request;
    delete require.cache[path];
    Deno.removeSync(path);
  }
});

Deno.test("the warning goes to the console by default", () => {
  const globals = globalThis as unknown as Record<string, unknown>;
  const { warn } = console;
  const warnings: unknown[] = [];
  console.warn = (...args) => warnings.push(...args);
  try {
    globals.request = fetch;
    using _ = patchAll();
    assertEquals(warnings, [
      "Patched too late for what refers to the original already: globalThis.request (fetch); " +
      "patch before such modules are loaded, for instance by `deno run --preload`",
    ]);
  } finally {
    delete globals.request;
    console.warn = warn;
  }
});
