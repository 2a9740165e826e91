// Copyright 2026 the Tendril authors. MIT license.
/**
 * Who refers to an original that was just patched, as far as that can be told.
 *
 * It can be told of other properties of the global object, and of what CommonJS modules export that were
 * loaded before. A variable of a module cannot be looked into, so `const f = fetch` before the patch
 * goes unnoticed. A named import of a `node:` module always means the original, before the patch and
 * after it.
 *
 * @module
 */
import { builtin, type HostFunction, type Target } from "./registry.ts";

interface LoadedModule {
  readonly exports: unknown;
}

/** Where the originals of these targets are referred to, in words. */
export function staleReferences(targets: readonly Target[]): string[] {
  const originals = new Map<HostFunction, string>();
  for (const { installed, original, name } of targets) {
    // Neither what the host lacks, nor an original that stays in use inside its wrapper's class.
    if (installed !== undefined && original !== undefined) originals.set(original, name);
  }
  const found: string[] = [];
  const look = (where: string, holder: object) => {
    for (const [key, { value }] of Object.entries(Object.getOwnPropertyDescriptors(holder))) {
      const name = originals.get(value);
      if (name !== undefined) found.push(`${where}.${key} (${name})`);
    }
  };
  look("globalThis", globalThis);
  for (const [path, loaded] of Object.entries(loadedModules())) {
    const { exports } = loaded;
    if (isHolder(exports)) look(path, exports);
    const name = originals.get(exports as HostFunction);
    if (name !== undefined) found.push(`${path} (${name})`);
  }
  return found;
}

function isHolder(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

/** The CommonJS modules that were loaded so far. */
function loadedModules(): Record<string, LoadedModule> {
  const { _cache } = builtin("node:module")() as { _cache?: Record<string, LoadedModule> };
  return _cache ?? {};
}
