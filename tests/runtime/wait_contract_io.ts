// Copyright 2026 the Tendril authors. MIT license.
// Servers and pipes that keep their readers waiting, for wait_contract_cases.ts.

import type { Op, TimeoutLike } from "@tendril/tendril";
import type { IoPromise } from "@tendril/tendril/io";

/** What a blocking call gives: something to `yield*` or to `await`. */
export type Blocking = Op<unknown> | IoPromise<unknown>;

/** A blocking call with everything it needs. */
export interface Fixture {
  /** Makes the call; it waits until `finish`. */
  wait(timeout?: TimeoutLike): Blocking;
  /** Lets everything happen that is waited for. */
  finish(): unknown;
  /** Cleans up after `finish`. */
  close?(): unknown;
}

/** Asks a server that does not answer before `finish`. */
export async function atServer(
  answer: (end: Promise<string>) => Promise<Response>,
  read: (url: string) => Promise<{ wait: () => Blocking; close?: () => Promise<void> }>,
): Promise<Fixture> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const stop = new AbortController();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {}, signal: stop.signal },
    () => answer(promise),
  );
  const reader = await read(`http://127.0.0.1:${server.addr.port}/`);
  return {
    wait: () => reader.wait(),
    finish: () => resolve("done"),
    async close() {
      await reader.close?.();
      stop.abort();
      await server.finished;
    },
  };
}

/** A pipe that has a writer, so that it can be opened, but in which nothing was written. */
export async function atPipe(
  read: (path: string) => Promise<{ wait: () => Blocking; close?: () => void }>,
): Promise<Fixture> {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/pipe`;
  await new Deno.Command("mkfifo", { args: [path] }).output();
  const asWriter = () => Deno.open(path, { read: true, write: true });
  const writer = await asWriter();
  const reader = await read(path);
  let finished: Promise<void> | null = null;
  let closed = false;
  // A read that was given up may take the text; the others come to the end of the pipe. One that
  // opens the pipe only after that waits for a writer, so there is one again and again.
  const finish = async () => {
    await writer.write(new TextEncoder().encode("done"));
    writer.close();
    while (!closed) {
      (await asWriter()).close();
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  };
  return {
    wait: () => reader.wait(),
    finish: () => void (finished ??= finish()),
    async close() {
      closed = true;
      await finished;
      reader.close?.();
      await Deno.remove(folder, { recursive: true });
    },
  };
}
