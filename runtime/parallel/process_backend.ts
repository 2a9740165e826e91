// Copyright 2026 the Tendril authors. MIT license.
/**
 * Workers that are processes of their own: they can always be killed, and when one runs out of memory, it
 * alone ends. They share no memory with this one. Starting them takes the permissions to run and to read
 * the environment.
 *
 * @module
 */
import { excuse } from "../hub.ts";
import { checkBootstrap } from "./bootstrap.ts";
import { currentProcess, type ProcessInfo } from "./identity.ts";
import type { Link, Listener, Start } from "./link.ts";
import { giveUpAfter } from "./patience.ts";
import { read, write } from "./process_wire.ts";
import type { FromWorker, ToWorker } from "./protocol.ts";

/** The part of Node's ChildProcess that is used here. */
interface ChildProcess {
  readonly pid?: number;
  readonly connected: boolean;
  readonly channel?: { ref(): void; unref(): void } | null;
  send(message: unknown, callback: (error: Error | null) => void): boolean;
  disconnect(): void;
  kill(signal: string): boolean;
  ref(): void;
  unref(): void;
  on(event: "message", listener: (bytes: unknown) => void): void;
  on(event: "error", listener: (error: Error) => void): void;
  on(event: "disconnect", listener: () => void): void;
  on(event: "exit", listener: (code: number | null, signal: string | null) => void): void;
}

interface NodeModules {
  process: {
    getBuiltinModule(name: string): {
      spawn(program: string, args: string[], options: Record<string, unknown>): ChildProcess;
    };
  };
}

/** The first message to a process. */
export interface ProcessStart extends Start {
  /** Who makes it. */
  readonly parent: ProcessInfo;
}

/** Starts a process. */
export function connectProcess(
  start: Start,
  listener: Listener,
  flags: string[] = permissionFlags(),
): Link {
  checkBootstrap();
  return new ProcessLink(start, listener, flags);
}

/** How long after the end of a process something it said may arrive, in milliseconds. */
const LAST_WORDS = 200;

class ProcessLink implements Link {
  readonly control = null;
  readonly #child: ChildProcess;
  readonly #listener: Listener;
  #over = false;

  constructor(start: Start, listener: Listener, flags: string[]) {
    this.#listener = listener;
    const first = write({ ...start, parent: currentProcess() }); // before there is anything to be ended
    this.#child = excuse(() => spawnMain(flags));
    this.#child.on("message", (bytes) => listener.receive(read(bytes) as FromWorker));
    this.#child.on("error", (error) => {
      // A channel that breaks has no news: the process ends, or has ended.
      if (this.#child.pid === undefined) this.#end(`it could not start: ${error.message}`);
    });
    this.#child.on("exit", (code, signal) => this.#exited(code, signal));
    this.release();
    this.#send(first);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  post(message: ToWorker): void {
    this.#send(write(message));
  }

  #send(bytes: Uint8Array): void {
    // One that is gone already is heard of soon.
    if (this.#child.connected) this.#child.send(bytes, () => {});
  }

  hold(): void {
    this.#child.ref();
    this.#child.channel?.ref();
  }

  release(): void {
    this.#child.unref();
    this.#child.channel?.unref();
  }

  stop(gently = false): void {
    if (!this.#over) this.#child.kill(gently ? "SIGTERM" : "SIGKILL");
  }

  #exited(code: number | null, signal: string | null): void {
    const end = () => {
      stopWaiting();
      if (code !== null) this.#end(`it ended with code ${code}`, code);
      else this.#end(`it was ended by ${signal}`, signal === "SIGTERM" ? -15 : -9);
    };
    // What it said last may still be on its way, but a channel that breaks says nothing.
    const stopWaiting = giveUpAfter(LAST_WORDS, end);
    if (this.#child.connected) this.#child.on("disconnect", end);
    else end();
  }

  #end(why: string, code?: number): void {
    if (this.#over) return;
    this.#over = true;
    if (this.#child.connected) this.#child.disconnect();
    this.#listener.lost(why, code);
    this.#listener.gone();
  }
}

/** Starts a process; the first time loads a part of Node. */
function spawnMain(flags: string[]): ChildProcess {
  const { process } = globalThis as unknown as NodeModules;
  const main = new URL("./process_main.ts", import.meta.url);
  return process.getBuiltinModule("node:child_process").spawn(
    Deno.execPath(),
    ["run", "--quiet", "--no-prompt", ...flags, main.href],
    {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      serialization: "advanced",
    },
  );
}

const KINDS = ["read", "write", "net", "env", "run", "sys", "ffi", "import"] as const;

/**
 * The permissions of this process that it has without limits. A child that is told nothing of permissions
 * would have all of them.
 */
function permissionFlags(): string[] {
  return KINDS.map((name) => {
    const { state } = Deno.permissions.querySync({ name } as Deno.PermissionDescriptor);
    return state === "granted" ? `--allow-${name}` : `--deny-${name}`;
  });
}
