// Copyright 2026 the Tendril authors. MIT license.
/**
 * Timers: those of the global object and of `node:timers`, and the promises of `node:timers/promises`.
 *
 * A timer set in a greenlet belongs to it: a kill clears it, and its callback never runs. What then
 * becomes of code that awaits it:
 *
 * - `await new Promise((resolve) => setTimeout(resolve, ms))`: the host is given the very function that
 *   settles the promise, so the promise is rejected with the kill's error by that function. The `await`
 *   throws, and `finally` blocks run.
 * - Any other callback cannot be told. If that was all an async body waited for it can never go on: some
 *   turns of the event loop later, when the body has neither ended nor begun to wait for anything else,
 *   it is let go. The greenlet ends with the error, the body stays where it is, and should it go on all
 *   the same, everything it begins is refused.
 *
 * The hub's own timers are not patched: nobody owns them.
 *
 * @module
 */
import { hostClock } from "../clock.ts";
import { nextTurn } from "../hub.ts";
import { type Blocking, blocking, insideGreenlet, withSignal } from "./call.ts";
import { Held } from "./hold.ts";
import { cooperativeIterator } from "./leftover.ts";
import { prepare } from "./patch.ts";
import { builtin, define, defineAll, type HostFunction, ignore, type Wrap } from "./registry.ts";

/** Where a handle has what is held: no table of all timers, which would cost more than the timers. */
const HELD = Symbol("held");

interface Handle {
  [HELD]?: HeldTimer;
}

/** The handles that were also given out as numbers. */
const numbered = new Map<number, Handle>();

/** Somebody cleared a timer, which may also be known by its number. */
function forget(given: unknown): void {
  const handle = typeof given === "object" ? given as Handle | null : numbered.get(Number(given));
  handle?.[HELD]?.forget();
}

/** True while the hub sets its own timer. */
let isHub = false;

/** A timer that was set in a greenlet. */
abstract class HeldTimer extends Held {
  declare readonly callback: HostFunction;
  declare protected handle: Handle | null;

  constructor(callback: HostFunction) {
    super();
    this.callback = callback;
    this.handle = null;
  }

  /** Takes it back in the host. */
  abstract clear(): void;

  override get tells(): boolean {
    return settlesPromise(this.callback);
  }

  end(error: unknown): void {
    this.clear();
    if (this.tells) rejectBy(this.callback, error);
  }

  /** Makes what the host calls once. */
  once(): HostFunction {
    // deno-lint-ignore no-this-alias -- the host calls it with a `this` of its own, which is passed on
    const held = this;
    return function (this: unknown, ...args: unknown[]): unknown {
      held.forget();
      return args.length === 0
        ? held.callback.call(this)
        : Reflect.apply(held.callback, this, args);
    };
  }

  /** Now the host has set it. */
  set(handle: unknown): unknown {
    this.handle = handle as Handle;
    this.handle[HELD] = this;
    this.begin();
    return handle;
  }

  /** It fired, or was cleared. */
  forget(): void {
    this.over();
    for (const [number, handle] of numbered) if (handle === this.handle) numbered.delete(number);
  }
}

/** One of `setTimeout`. */
class HeldTimeout extends HeldTimer {
  declare readonly ms: unknown;

  constructor(callback: HostFunction, ms: unknown) {
    super(callback);
    this.ms = ms;
  }

  get reason(): string {
    return `timer of ${Number(this.ms) || 0} ms`;
  }

  clear(): void {
    clearTimeout(this.handle as unknown as number);
  }
}

/** One of `setInterval`, which nobody awaits. */
class HeldInterval extends HeldTimeout {
  override get reason(): string {
    return `interval of ${Number(this.ms) || 0} ms`;
  }

  override get tells(): boolean {
    return false;
  }
}

/** One of `setImmediate`. */
class HeldImmediate extends HeldTimer {
  get reason(): string {
    return "immediate";
  }

  clear(): void {
    clearImmediate(this.handle as unknown as NodeJS.Immediate);
  }
}

const wrapSetTimeout: Wrap = (original) =>
  function (this: unknown, callback: HostFunction, ms: number, ...args: unknown[]): unknown {
    if (isHub || !insideGreenlet() || typeof callback !== "function") {
      return args.length === 0
        ? original.call(this, callback, ms)
        : original.call(this, callback, ms, ...args);
    }
    const held = new HeldTimeout(callback, ms);
    return held.set(
      args.length === 0
        ? original.call(this, held.once(), ms)
        : original.call(this, held.once(), ms, ...args),
    );
  };

const wrapSetInterval: Wrap = (original) =>
  function (this: unknown, ...args: [HostFunction, ...unknown[]]): unknown {
    const handle = Reflect.apply(original, this, args);
    return insideGreenlet()
      ? new HeldInterval(...args as [HostFunction, unknown]).set(handle)
      : handle;
  };

const wrapSetImmediate: Wrap = (original) =>
  function (this: unknown, callback: HostFunction, ...args: unknown[]): unknown {
    if (!insideGreenlet() || typeof callback !== "function") {
      return original.call(this, callback, ...args);
    }
    const held = new HeldImmediate(callback);
    return held.set(original.call(this, held.once(), ...args));
  };

function clearer(): Wrap {
  return (original) =>
    function (this: unknown, handle: unknown): unknown {
      forget(handle);
      return Reflect.apply(original, this, [handle]);
    };
}

/** Whether a function is one of the two that `new Promise` passes to its executor. */
function settlesPromise(callback: HostFunction): boolean {
  const { name, length } = callback;
  return name === "" && length === 1 && !Object.hasOwn(callback, "prototype") &&
    Function.prototype.toString.call(callback) === "function () { [native code] }";
}

/** Errors that promises were rejected with which perhaps nobody looks at. */
const delivered = new WeakSet<object>();

/**
 * Rejects a promise by either of its two functions. The one that resolves takes a thenable for a promise
 * to follow, and looks for its `then` at once; the one that rejects takes it as it is.
 */
function rejectBy(callback: HostFunction, error: unknown): void {
  const reason = error as { then?: unknown };
  delivered.add(reason);
  const then = (_: unknown, reject: (error: unknown) => void) => reject(error);
  if (!Object.isExtensible(reason)) return callback({ then });
  reason.then = then;
  callback(reason);
  delete reason.then;
}

/** A promise nobody looks at rejects only because its greenlet was killed: that is no failure. */
function quiet(event: PromiseRejectionEvent): void {
  if (delivered.has(event.reason)) event.preventDefault();
}

prepare("timers", () => {
  nextTurn(ignore); // the hub takes its `setImmediate` from the global object when it first needs it
  const { setTimer } = hostClock;
  hostClock.setTimer = (callback, ms) => {
    isHub = true;
    try {
      return setTimer(callback, ms);
    } finally {
      isHub = false;
    }
  };
  addEventListener("unhandledrejection", quiet);
  return () => {
    hostClock.setTimer = setTimer;
    removeEventListener("unhandledrejection", quiet);
  };
});

// First these: `promisify(setTimeout)` finds them on the global functions.
const ms = (_: unknown, [delay]: readonly unknown[]) => `${delay ?? 1} ms`;
const turn: Blocking = { verb: "turn of", name: () => "the event loop" };
const promised: Record<string, Wrap> = {
  setTimeout: blocking({ verb: "timer of", name: ms, signal: 2 }),
  setImmediate: blocking({ ...turn, signal: 1 }),
  setInterval: (original) =>
    function (this: unknown, ...args: unknown[]): unknown {
      if (!insideGreenlet()) return Reflect.apply(original, this, args);
      const controller = new AbortController();
      args[2] = withSignal(args[2], controller.signal);
      const ticks = Reflect.apply(original, this, args);
      return cooperativeIterator("interval of", ms(this, args), ticks, () => controller.abort());
    },
};
const timers = builtin("node:timers");
const promises = builtin("node:timers/promises");
defineAll("timers", "node:timers/promises", promises, promised);
defineAll("timers", "node:timers.promises", () => timers().promises, promised);
defineAll(
  "timers",
  "node:timers/promises.scheduler",
  () => Object.getPrototypeOf(promises().scheduler),
  {
    wait: blocking({ verb: "timer of", name: ms, signal: 1 }),
    yield: blocking(turn),
  },
);

const globals = {
  setTimeout: wrapSetTimeout,
  setInterval: wrapSetInterval,
  setImmediate: wrapSetImmediate,
  clearTimeout: clearer(),
  clearInterval: clearer(),
  clearImmediate: clearer(),
};
for (const [name, wrap] of Object.entries(globals)) {
  define("timers", name, () => globalThis, name, wrap);
}
defineAll("timers", "node:timers", timers, globals);

const clearMethod: Wrap = (original) =>
  function (this: unknown): unknown {
    forget(this);
    return Reflect.apply(original, this, []);
  };

/** The class of what a function that sets timers gives. */
function classOf(set: "setTimeout" | "setImmediate", clear: "clearTimeout" | "clearImmediate") {
  return (): object => {
    const functions = timers() as Record<string, HostFunction>;
    isHub = true;
    const handle = functions[set]!(ignore);
    isHub = false;
    functions[clear]!(handle);
    return Object.getPrototypeOf(handle);
  };
}

/** Remembers whom a number means. */
const numberOf: Wrap = (original) =>
  function (this: Handle): unknown {
    const number = Reflect.apply(original, this, []);
    if (this[HELD]?.isHeld) numbered.set(number, this);
    return number;
  };

const timeoutClass = classOf("setTimeout", "clearTimeout");
const immediateClass = classOf("setImmediate", "clearImmediate");
define("timers", "Timeout.prototype.close", timeoutClass, "close", clearMethod);
define(
  "timers",
  "Timeout.prototype[Symbol.toPrimitive]",
  timeoutClass,
  Symbol.toPrimitive,
  numberOf,
);
for (const [name, holder] of Object.entries({ Timeout: timeoutClass, Immediate: immediateClass })) {
  define("timers", `${name}.prototype[Symbol.dispose]`, holder, Symbol.dispose, clearMethod);
}
