// Copyright 2026 the Tendril authors. MIT license.
/**
 * The server of the demo: slow on purpose, and not to be relied upon.
 *
 * @module
 */
import { sleep } from "../../mod.ts";
import type { DemoFile, Fault } from "./demo_files.ts";

const PIECE = 64 * 1024;

/** A server that gives out the files of the demo. */
export interface DemoServer {
  /** The URL of a file. */
  urlOf(file: DemoFile): string;
  /** Ends it at once; connections are cut. */
  close(): Promise<void>;
}

/** Starts a server on a free port of this machine. */
export function startDemoServer(files: readonly DemoFile[]): DemoServer {
  const byPath = new Map(files.map((file) => [`/${file.name}`, file]));
  const requests = new Map<DemoFile, number>();
  const stop = new AbortController();
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    signal: stop.signal,
    onListen() {},
    // A body that was broken off on purpose is no news.
    onError: () => new Response(null, { status: 500 }),
  }, async (request) => {
    const file = byPath.get(new URL(request.url).pathname);
    if (file === undefined) return new Response("No such file", { status: 404 });
    const count = requests.get(file) ?? 0;
    requests.set(file, count + 1);
    await sleep(file.latency);
    return answer(file, file.faults[count]);
  });
  return {
    urlOf: ({ name }) => `http://127.0.0.1:${server.addr.port}/${name}`,
    close() {
      stop.abort();
      return server.finished;
    },
  };
}

function answer(file: DemoFile, fault: Fault | undefined): Response {
  if (fault === "unavailable") return new Response("Come back later", { status: 503 });
  return new Response(bodyOf(file, fault), {
    headers: { "content-length": `${file.bytes.length}` },
  });
}

/** The body piece by piece; with a fault the second half of it never comes. */
function bodyOf({ bytes, pace }: DemoFile, fault: Fault | undefined): ReadableStream<Uint8Array> {
  const end = fault === undefined ? bytes.length : bytes.length >> 1;
  let at = 0;
  return new ReadableStream({
    async pull(controller) {
      await sleep(pace);
      if (at < end) {
        controller.enqueue(bytes.subarray(at, at = Math.min(at + PIECE, end)));
      } else if (fault === "drop") {
        controller.error(new Error("The connection is dropped on purpose"));
      } else if (fault === "stall") {
        await new Promise(() => {}); // until the client has had enough and goes
      } else {
        controller.close();
      }
    },
  });
}
