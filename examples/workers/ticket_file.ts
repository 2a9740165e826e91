#!/usr/bin/env -S deno run --allow-read=. --allow-write=.
// Copyright 2026 the Tendril authors. MIT license.
/**
 * Five processes sell tickets; how many are left stands in a file. A lock lets one at a time read and
 * write it.
 *
 * @module
 */
import { type Coroutine, main, sleep } from "@tendril/tendril";
import { readTextFile, writeTextFile } from "@tendril/tendril/io";
import { Process, SharedLock, task } from "@tendril/tendril/parallel";

export const sell = task(
  import.meta,
  function* sell(file: string, lock: SharedLock): Coroutine {
    using _ = yield* lock.acquire();
    const left = Number(yield* readTextFile(file)) - 1;
    console.log(`tickets left: ${left}`);
    yield* sleep(20);
    yield* writeTextFile(file, String(left));
  },
);

if (import.meta.main) {
  const file = Deno.makeTempFileSync({ dir: ".", prefix: "tickets-" });
  try {
    Deno.writeTextFileSync(file, "100");
    await main(function* () {
      const lock = new SharedLock();
      const sellers = Array.from(
        { length: 5 },
        () => new Process({ target: sell, args: [file, lock] }),
      );
      for (const seller of sellers) seller.start();
      for (const seller of sellers) yield* seller.join();
    });
  } finally {
    Deno.removeSync(file);
  }
}
