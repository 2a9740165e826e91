// Copyright 2026 the Tendril authors. MIT license.
import * as comlink from "npm:comlink@4.4.2";

type Same = (value: unknown) => Promise<unknown>;

/** Two workers of comlink, taken in turns: it has no pool of its own. */
export function comlinkPool(): { run: Same; move: Same } {
  const workers = [1, 2].map(() => {
    const url = new URL("./pools/comlink_worker.ts", import.meta.url);
    return comlink.wrap<Same>(new Worker(url, { type: "module" })) as unknown as Same;
  });
  let turn = 0;
  const run = (value: unknown) => workers[turn++ % workers.length]!(value);
  return { run, move: (buffer) => run(comlink.transfer(buffer, [buffer as ArrayBuffer])) };
}
