// Copyright 2026 the Tendril authors. MIT license.
// Folders and named pipes for tests of the file functions.

import { type Coroutine, run, until } from "@tendril/tendril";

/** Runs `body` with the path of a folder that is removed afterwards. */
export async function inFolder<T>(body: (folder: string) => Coroutine<T>): Promise<T> {
  const folder = await Deno.makeTempDir();
  try {
    return await run(body, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Makes a named pipe that nobody has opened. */
export function* makeFifo(folder: string): Coroutine<string> {
  const path = `${folder}/pipe`;
  yield* until(() => new Deno.Command("mkfifo", { args: [path] }).output());
  return path;
}

/** A pipe with a writer that has not written anything yet. */
export function* openFifo(folder: string): Coroutine<{ path: string; writer: Deno.FsFile }> {
  const path = yield* makeFifo(folder);
  return { path, writer: yield* until(() => Deno.open(path, { read: true, write: true })) };
}
