// Copyright 2026 the Tendril authors. MIT license.
// What there is to download: files in memory, nginx in front of them, and a way to it that takes time.

import { lines } from "../harness/lines.ts";
import type { Shared } from "../harness/scenario.ts";
import type { Toolchains } from "../harness/toolchains.ts";

/** Where the files are. */
export interface Place {
  /** The folder of everything; that of the files is `files` in it. */
  readonly folder: string;
  /** The address of nginx. */
  readonly url: string;
  /** The address behind which nginx is 20 ms away. */
  readonly farUrl: string;
  /** The Go program of the rivals. */
  readonly goProgram: string;
}

const MIB = 1024 * 1024;
/** Number and size of the files, by the name that they begin with. */
const FILES = { big: [4, 128 * MIB], huge: [1, 1024 * MIB], small: [2_000, 16 * 1024] } as const;
const BLOCK = new Uint32Array(16 * MIB / 4).map((_, i) => Math.imul(i + 1, 0x9e3779b1) ^ i >>> 7);
/** The round trip that is added, in milliseconds. */
const DELAY = 20;

/** Starts the servers; the argument is a {@linkcode Place} in JSON. */
export async function startDownloads(toolchains: Toolchains): Promise<Shared> {
  const stack = new AsyncDisposableStack();
  try {
    const root = await isFolder("/dev/shm") ? "/dev/shm" : "/tmp";
    const folder = await Deno.makeTempDir({ dir: root, prefix: "tendril-bench-" });
    stack.defer(() => Deno.remove(folder, { recursive: true }));
    await Deno.mkdir(`${folder}/files`);
    for (const [name, [count, size]] of Object.entries(FILES)) {
      for (let i = 0; i < count; i++) writeFile(`${folder}/files/${name}${i}.bin`, size);
    }
    const port = await startNginx(folder, stack);
    const farPort = await startDelay(toolchains.goProgram, port, stack);
    const place: Place = {
      folder,
      url: `http://127.0.0.1:${port}`,
      farUrl: `http://127.0.0.1:${farPort}`,
      goProgram: toolchains.goProgram,
    };
    const owned = stack.move();
    return {
      argument: JSON.stringify(place),
      [Symbol.asyncDispose]: () => owned.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch {
    return false;
  }
}

let serial = 0;

/** No two blocks of all files are the same, so that a piece in a wrong place does not go unnoticed. */
function writeFile(path: string, size: number): void {
  using file = Deno.openSync(path, { write: true, create: true });
  for (let at = 0; at < size; at += BLOCK.byteLength) {
    BLOCK[0] = serial++;
    const bytes = new Uint8Array(BLOCK.buffer, 0, Math.min(BLOCK.byteLength, size - at));
    for (let done = 0; done < bytes.length;) done += file.writeSync(bytes.subarray(done));
  }
}

async function startNginx(folder: string, stack: AsyncDisposableStack): Promise<number> {
  const port = freePort();
  const config = `${folder}/nginx.conf`;
  await Deno.writeTextFile(
    config,
    `${Deno.uid() === 0 ? "user root;" : ""}
worker_processes 1;
daemon off;
pid ${folder}/nginx.pid;
error_log stderr crit;
events { worker_connections 1024; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000;
  default_type application/octet-stream;
  server { listen 127.0.0.1:${port}; root ${folder}/files; }
}
`,
  );
  const nginx = new Deno.Command("nginx", { args: ["-c", config], stdin: "null" }).spawn();
  stack.defer(async () => {
    nginx.kill("SIGTERM");
    await nginx.status;
  });
  await reachable(port);
  return port;
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

async function reachable(port: number): Promise<void> {
  for (let tries = 0;; tries++) {
    try {
      return (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    } catch (error) {
      if (tries === 200) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

async function startDelay(
  program: string,
  port: number,
  stack: AsyncDisposableStack,
): Promise<number> {
  const command = new Deno.Command(program, {
    args: ["download_delay", `127.0.0.1:${port} ${DELAY}`],
    stdin: "piped",
    stdout: "piped",
  });
  const proxy = command.spawn();
  stack.defer(async () => {
    // It ends with its standard input.
    await proxy.stdin.close();
    await proxy.status;
  });
  const { value } = await lines(proxy.stdout).next();
  return Number(value);
}
