// Copyright 2026 the Tendril authors. MIT license.
// The rows of processes, WebSockets and promises.

import childProcess from "node:child_process";
import { once } from "node:events";
import { type Op, run, until } from "@tendril/tendril";
import { settle } from "../../manual_clock.ts";
import { type Case, row } from "./table.ts";

/** A process that tells its number, and ends when something comes through a pipe. */
class Sentinel {
  readonly folder = Deno.makeTempDirSync();
  readonly args = ["-c", `echo $$ > ${this.folder}/pid; read line < ${this.folder}/pipe`];

  constructor() {
    new Deno.Command("mkfifo", { args: [`${this.folder}/pipe`] }).outputSync();
  }

  /** Its number, when it runs. */
  async begun(): Promise<number> {
    for (;;) {
      const text = textOf(`${this.folder}/pid`);
      if (text.endsWith("\n")) return Number(text);
      await settle();
    }
  }

  /** Resolves when it was terminated. */
  async ended(): Promise<void> {
    const pid = await this.begun();
    while (isRunning(pid)) await settle();
  }

  /** Lets it end by itself. */
  async finish(): Promise<void> {
    await this.begun();
    Deno.writeTextFileSync(`${this.folder}/pipe`, "\n");
  }

  close(): void {
    Deno.removeSync(this.folder, { recursive: true });
  }
}

/** What is in a file, if there is one. */
function textOf(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}

/** Whether there is such a process. */
function isRunning(pid: number): boolean {
  try {
    Deno.kill(pid, "SIGCONT");
    return true;
  } catch {
    return false;
  }
}

/** A process that runs until `finish`; `start` gives a promise of its end. */
function running(start: (args: string[]) => Promise<unknown>, what: string, isSilent = false) {
  return (): Case => {
    const sentinel = new Sentinel();
    return {
      quick: () => start(sentinel.args),
      finish: () => sentinel.finish(),
      begun: () => sentinel.begun(),
      ended: () => sentinel.ended(),
      close: () => sentinel.close(),
      reason: what,
      isSilent,
    };
  };
}

const command = (args: string[]) => new Deno.Command("sh", { args });
const output = running((args) => command(args).output(), "output of sh");
row("Deno.Command", output);
row("Deno.Command.prototype.output", output);
row(
  "Deno.Command.prototype.spawn",
  running((args) => command(args).spawn().status, "process sh"),
);
row(
  "Deno.ChildProcess.prototype.status",
  running((args) => command(args).spawn().status, "status of sh"),
);
row(
  "Deno.ChildProcess.prototype.output",
  running((args) => {
    return new Deno.Command("sh", { args, stdout: "piped", stderr: "piped" }).spawn().output();
  }, "output of sh"),
);

// Not yet in the types.
type Start<T> = (command: string, args: string[], options?: Deno.CommandOptions) => T;
const { spawn, spawnAndWait } = {
  spawn: (...args: Parameters<Start<unknown>>) =>
    (Deno as unknown as { spawn: Start<Deno.ChildProcess> }).spawn(...args),
  spawnAndWait: (...args: Parameters<Start<unknown>>) =>
    (Deno as unknown as { spawnAndWait: Start<Promise<unknown>> }).spawnAndWait(...args),
};
row("Deno.spawn", running((args) => spawn("sh", args).status, "process sh"));
row("Deno.spawnAndWait", running((args) => spawnAndWait("sh", args), "output of sh"));

/** Waits for a process of Node, which tells by its events. */
async function exit(child: childProcess.ChildProcess): Promise<void> {
  await once(child, "close");
}
row(
  "node:child_process.spawn",
  running((args) => exit(childProcess.spawn("sh", args)), "process sh", true),
);
row(
  "node:child_process.execFile",
  running((args) => exit(childProcess.execFile("sh", args)), "process sh", true),
);
row(
  "node:child_process.exec",
  running(([, script]) => exit(childProcess.exec(script!)), "process echo $$ >", true),
);
row("node:child_process.fork", () => {
  const path = Deno.makeTempFileSync({ suffix: ".mjs" });
  Deno.writeTextFileSync(path, `process.send("begun"); setInterval(() => {}, 1000);`);
  const begun = Promise.withResolvers<childProcess.ChildProcess>();
  const ended = Promise.withResolvers<void>();
  return {
    async quick() {
      const child = childProcess.fork(path);
      child.once("message", () => begun.resolve(child));
      child.once("exit", () => ended.resolve());
      await exit(child);
    },
    finish: async () => void (await begun.promise).kill(),
    begun: () => begun.promise,
    ended: () => ended.promise,
    close: () => Deno.removeSync(path),
    reason: `process ${path}`,
    isSilent: true,
  };
});

row("WebSocket", () => {
  const gone = Promise.withResolvers<void>();
  const come = Promise.withResolvers<WebSocket>();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.onopen = () => come.resolve(socket);
    socket.onclose = () => gone.resolve();
    return response;
  });
  const url = `ws://127.0.0.1:${server.addr.port}/`;
  return {
    quick: () =>
      new Promise<void>((resolve) => {
        new WebSocket(url).onclose = () => resolve();
      }),
    finish: async () => (await come.promise).close(),
    begun: () => come.promise,
    ended: () => gone.promise,
    close: () => server.shutdown(),
    reason: `WebSocket ${url}`,
    isSilent: true,
  };
});

row("Promise.prototype[Symbol.iterator]", () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const call = () =>
    until(run(function* () {
      yield* promise as unknown as Op<void>;
    })).then();
  return {
    quick: call,
    finish: resolve,
    ended: () => Promise.resolve(resolve()),
    reason: "promise",
  };
});
