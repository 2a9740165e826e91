// Copyright 2026 the Tendril authors. MIT license.
/**
 * Processes: `Deno.Command` and `node:child_process`. A kill or a timeout of the greenlet that waits for
 * a process terminates it, and so does a kill of the greenlet that started it.
 *
 * @module
 */
import { hostCall, insideGreenlet, withSignal } from "./call.ts";
import { hold } from "./hold.ts";
import { builtin, define, defineAll, ignore, targetOf, type Wrap, wrapperOf } from "./registry.ts";

type CommandArguments = [command: string | URL, options?: Deno.CommandOptions];

/** What commands were made with, and what processes run. */
const commands = new WeakMap<Deno.Command, CommandArguments>();
const names = new WeakMap<Deno.ChildProcess, string>();
const terminated = new WeakSet<Deno.ChildProcess>();

function terminate(child: Deno.ChildProcess): void {
  if (terminated.has(child)) return;
  terminated.add(child);
  try {
    child.kill("SIGTERM");
  } catch {
    // It has ended.
  }
}

const nameOf = (child: Deno.ChildProcess) => names.get(child) ?? `process ${child.pid}`;

/** The class of the host, which notes what a command is made of. */
const commandClass: Wrap = (original) =>
  new Proxy(original, {
    construct(target, args, newTarget) {
      const command = Reflect.construct(target, args, newTarget);
      commands.set(command, args as unknown as CommandArguments);
      return command;
    },
  });

const output: Wrap = (original) =>
  function (this: Deno.Command): unknown {
    if (!insideGreenlet(this)) return Reflect.apply(original, this, []);
    const [command, options] = commands.get(this) ?? [];
    if (command === undefined) {
      // It was made before the patch, and nobody can be asked how.
      return hostCall("output of", "a command", () => Reflect.apply(original, this, []), ignore);
    }
    const controller = new AbortController();
    const same = new Deno.Command(
      command,
      withSignal(options, controller.signal) as Deno.CommandOptions,
    );
    const start = () => Reflect.apply(original, same, []);
    return hostCall("output of", String(command), start, controller);
  };

/** Gives a process to the greenlet that started it, until it has ended. */
function own(command: unknown, child: Deno.ChildProcess, name: string): Deno.ChildProcess {
  names.set(child, name);
  if (!insideGreenlet(command)) return child;
  const held = hold(() => `process ${name}`, () => terminate(child));
  const over = () => held.over();
  statusOf(child).then(over, over);
  return child;
}

const STATUS = "Deno.ChildProcess.prototype.status";

/** The status as the host gives it. */
function statusOf(child: Deno.ChildProcess): Promise<unknown> {
  return Reflect.apply(targetOf("get", STATUS).original!, child, []);
}

const spawn: Wrap = (original) =>
  function (this: Deno.Command): unknown {
    const [command] = commands.get(this) ?? ["a command"];
    return own(this, Reflect.apply(original, this, []), String(command));
  };

const spawnFunction: Wrap = (original) =>
  function (this: unknown, ...args: unknown[]): unknown {
    return own(undefined, Reflect.apply(original, this, args), String(args[0]));
  };

const spawnAndWait: Wrap = (original) =>
  function (this: unknown, ...args: unknown[]): unknown {
    if (!insideGreenlet()) return Reflect.apply(original, this, args);
    const controller = new AbortController();
    const at = Array.isArray(args[1]) ? 2 : 1;
    args[at] = withSignal(args[at], controller.signal);
    const start = () => Reflect.apply(original, this, args);
    return hostCall("output of", String(args[0]), start, controller);
  };

const status: Wrap = (original) =>
  function (this: Deno.ChildProcess): unknown {
    const start = () => Reflect.apply(original, this, []);
    if (!insideGreenlet(this)) return start();
    return hostCall("status of", nameOf(this), start, () => terminate(this));
  };

const outputOfChild: Wrap = (original) =>
  function (this: Deno.ChildProcess): unknown {
    const start = () => Reflect.apply(original, this, []);
    if (!insideGreenlet(this)) return start();
    return hostCall("output of", nameOf(this), start, () => terminate(this));
  };

defineAll("subprocess", "Deno", () => Deno, {
  Command: commandClass,
  spawn: spawnFunction,
  spawnAndWait,
});
defineAll("subprocess", "Deno.Command.prototype", () => Deno.Command.prototype, { output, spawn });
const child = () => Deno.ChildProcess.prototype;
define("subprocess", STATUS, child, "status", status, "getter");
define("subprocess", "Deno.ChildProcess.prototype.output", child, "output", outputOfChild);

interface NodeProcess {
  once(event: string | symbol, listener: () => void): unknown;
  kill(): boolean;
}

const events = builtin("node:events");

/** The functions of Node give a process that is driven by callbacks; promisified, some have it as `child`. */
const spawnNode: Wrap = (original) =>
  function (this: unknown, ...args: unknown[]): unknown {
    const started: NodeProcess = Reflect.apply(original, this, args);
    if (!insideGreenlet()) return started;
    const held = hold(() => `process ${args[0]}`, () => void started.kill());
    const { errorMonitor } = events() as unknown as { errorMonitor: symbol };
    // To listen to errors themselves would make an error that nobody handles a handled one.
    for (const event of ["exit", errorMonitor]) started.once(event, () => held.over());
    return started;
  };

const PROMISIFY = Symbol.for("nodejs.util.promisify.custom");

/** `exec` and `execFile`, which bring their promisified form with them. */
const execNode: Wrap = (original) => {
  const promisified = Reflect.get(original, PROMISIFY);
  if (promisified !== undefined) wrapperOf(promisified, execPromise);
  return spawnNode(original);
};

const execPromise: Wrap = (original) => (...args: unknown[]) => {
  if (!insideGreenlet()) return original(...args);
  const running: { child?: NodeProcess } = {};
  const start = () => {
    const promise: Promise<unknown> & { child: NodeProcess } = original(...args);
    running.child = promise.child;
    return promise;
  };
  const abort = () => void running.child!.kill();
  return Object.assign(hostCall("output of", String(args[0]), start, abort), running);
};

defineAll("subprocess", "node:child_process", builtin("node:child_process"), {
  spawn: spawnNode,
  fork: spawnNode,
  exec: execNode,
  execFile: execNode,
});
