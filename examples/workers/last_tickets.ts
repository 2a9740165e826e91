#!/usr/bin/env -S deno run --allow-read=. --allow-write=.
// Copyright 2026 the Tendril authors. MIT license.
/**
 * Five processes want the two tickets that are left according to a file. Without a lock all read the file
 * before one has written it; with a lock just two get a ticket.
 *
 * @module
 */
import { type Coroutine, main, sleep } from "@tendril/tendril";
import { readTextFile, rename, writeTextFile } from "@tendril/tendril/io";
import { Process, SharedBarrier, SharedLock, task } from "@tendril/tendril/parallel";

function* search(user: string, file: string): Coroutine {
  const { tickets } = JSON.parse(yield* readTextFile(file));
  console.log(`${user} looks: ${tickets} left`);
}

function* buy(user: string, file: string): Coroutine {
  const data = JSON.parse(yield* readTextFile(file));
  yield* sleep(20);
  if (data.tickets === 0) return console.log(`${user} gets none`);
  data.tickets--;
  yield* writeTextFile(`${file}.${user}`, JSON.stringify(data));
  yield* rename(`${file}.${user}`, file); // nobody ever reads half a file
  console.log(`${user} gets a ticket`);
}

export const visit = task(
  import.meta,
  function* visit(user: string, file: string, all: SharedBarrier, mutex?: SharedLock): Coroutine {
    yield* search(user, file);
    yield* all.wait(); // they come to the counter together
    using _ = yield* (mutex ?? new SharedLock()).acquire(); // one of its own keeps nobody out
    yield* buy(user, file);
  },
);

if (import.meta.main) {
  const file = Deno.makeTempFileSync({ dir: ".", prefix: "tickets-" });
  try {
    await main(function* () {
      for (const mutex of [undefined, new SharedLock()]) {
        console.log(mutex ? "With a lock:" : "Without a lock:");
        yield* writeTextFile(file, JSON.stringify({ tickets: 2 }));
        const all = new SharedBarrier(5);
        const users = Array.from({ length: 5 }, (_, i) => `user ${i}`);
        const processes = users.map((u) =>
          new Process({ target: visit, args: [u, file, all, mutex] })
        );
        for (const p of processes) p.start();
        for (const p of processes) yield* p.join();
      }
    });
  } finally {
    Deno.removeSync(file);
  }
}
