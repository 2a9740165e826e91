// Copyright 2026 the Tendril authors. MIT license.
/**
 * A limit on the time of synchronous code, which nothing else can interrupt: the host's way to run a
 * script for a limited time. What it interrupts runs no further line, not even in `finally`.
 *
 * @module
 */

interface Script {
  runInThisContext(options: { timeout: number }): unknown;
}

interface NodeModules {
  process: { getBuiltinModule(name: string): { Script: new (code: string) => Script } };
}

const HOOK = Symbol.for("tendril.guarded");

/** Made when first needed: loading this part of Node takes as long as starting a worker. */
let script: Script | undefined;

/** Gets ready for {@linkcode guarded}, so that the first time is not charged for that. */
export function prepareGuard(): void {
  if (script !== undefined) return;
  const { process } = globalThis as unknown as NodeModules;
  const { Script } = process.getBuiltinModule("node:vm");
  script = new Script('globalThis[Symbol.for("tendril.guarded")]()');
}

/** Gives what `fn` returns, or `undefined` when it took more than `ms` milliseconds. */
export function guarded<T>(fn: () => T, ms: number): { value: T } | undefined {
  prepareGuard();
  const hooks = globalThis as unknown as Record<symbol, unknown>;
  let result: { value: T } | undefined;
  hooks[HOOK] = () => {
    result = { value: fn() };
  };
  try {
    // It takes whole milliseconds, at least one, and not more than a timer can wait.
    script!.runInThisContext({ timeout: Math.min(Math.max(Math.ceil(ms), 1), 2 ** 31 - 1) });
  } catch (error) {
    if ((error as { code?: unknown })?.code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw error;
    return undefined;
  } finally {
    delete hooks[HOOK];
  }
  return result;
}
