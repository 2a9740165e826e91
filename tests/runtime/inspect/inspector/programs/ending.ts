// Copyright 2026 the Tendril authors. MIT license.
// A program with an inspector that ends in the way it is told, once somebody writes to its standard input.

import { run, sleep, spawn, spawnWith, until } from "@tendril/tendril";
import { Lock } from "@tendril/tendril/channels";
import { inspector } from "@tendril/tendril/inspect";
import { patchAll } from "@tendril/tendril/monkey";

const [how] = Deno.args;
if (how === "patched") {
  patchAll();
  // The classes of sockets are patched when the first of them is seen.
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  using _client = await Deno.connect({ port: (listener.addr as Deno.NetAddr).port });
  using _conn = await listener.accept();
}

await run(function* () {
  // Patched, what an async function awaits is a wait of its greenlet, and ends with it.
  const maker = spawn(async () => {
    await sleep(1);
    console.log(inspector().url);
    await sleep(600_000);
  });
  yield* until(Deno.stdin.read(new Uint8Array(8)));
  yield* maker.kill();
  if (how === "exit") Deno.exit(3);
  if (how !== "deadlock") return;
  const one = new Lock();
  const other = new Lock();
  const take = function* (first: Lock, second: Lock) {
    using _first = yield* first.acquire();
    yield* sleep(1);
    using _second = yield* second.acquire();
  };
  spawnWith({ name: "alice" }, take, one, other);
  yield* spawn(take, other, one);
});
