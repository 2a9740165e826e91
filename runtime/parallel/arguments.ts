// Copyright 2026 the Tendril authors. MIT license.
/**
 * What may be passed to a worker, checked before anything is sent: the host clones some objects into
 * empty ones without a word, and detaches what is transferred even when the call fails.
 *
 * @module
 */
import { show } from "../clock.ts";
import { IS_HANDLE } from "./shared/handle.ts";

/** How many values it looks at; what comes after those is left to the host. */
const MOST_VALUES = 1000;

/** Objects whose state the host clones although they have no properties. */
const CLONED = new Set(
  ("Date RegExp Map Set Error DOMException ArrayBuffer SharedArrayBuffer Boolean Number String " +
    "BigInt Blob File CryptoKey MessagePort ReadableStream WritableStream TransformStream " +
    "WebAssembly.Module WebAssembly.Memory").split(" "),
);

/** What is wrong with a value, and where it is. */
interface Fault {
  path: string;
  what: string;
}

/**
 * Checks the arguments of a call.
 *
 * @throws {TypeError} If one of them cannot be passed; the message says which.
 */
export function checkArguments(name: string, args: readonly unknown[]): void {
  for (let at = 0; at < args.length; at++) {
    const arg = args[at];
    if (typeof arg !== "object" && typeof arg !== "function" && typeof arg !== "symbol") continue;
    const fault = faultOf(arg);
    if (fault === undefined) continue;
    throw new TypeError(
      `Cannot pass argument ${at + 1} of "${name}" to a worker: ${fault.path}${fault.what}`,
    );
  }
}

/** What keeps `root` from being passed, if anything does. */
export function faultOf(root: unknown): Fault | undefined {
  const seen = new Set<object>();
  const fault = (value: unknown, path: string): Fault | undefined => {
    if (typeof value === "function" || typeof value === "symbol") {
      const kind = typeof value === "function" ? "functions" : "symbols";
      return { path: named(path), what: `${show(value)}: ${kind} cannot be sent` };
    }
    if (typeof value !== "object" || value === null) return undefined;
    if (seen.size >= MOST_VALUES || seen.has(value)) return undefined;
    seen.add(value);
    const prototype = Object.getPrototypeOf(value);
    if (prototype === Array.prototype) return faultOfItems(value as unknown[], path);
    if (prototype !== Object.prototype && prototype !== null) {
      if (!becomesEmpty(value)) return undefined;
      const advice = value instanceof AbortSignal || value instanceof AbortController
        ? "use the option { signal }"
        : "pass its text or its parts";
      return {
        path: named(path),
        what: `${show(value)} would arrive as an empty object: ${advice}`,
      };
    }
    for (const key of Object.keys(value)) {
      const found = fault((value as Record<string, unknown>)[key], `${path}.${key}`);
      if (found !== undefined) return found;
    }
  };
  const faultOfItems = (items: unknown[], path: string): Fault | undefined => {
    const end = Math.min(items.length, MOST_VALUES);
    for (let at = 0; at < end; at++) {
      const item = items[at];
      if (typeof item === "number" || typeof item === "string") continue;
      const found = fault(item, `${path}[${at}]`);
      if (found !== undefined) return found;
    }
  };
  return fault(root, "");
}

function named(path: string): string {
  return path === "" ? "" : `at ${path.replace(/^\./, "")} `;
}

/** Whether the host would clone an instance of a class into an empty object. */
function becomesEmpty(value: object): boolean {
  if (ArrayBuffer.isView(value) || IS_HANDLE in value) return false;
  if (Object.keys(value).length > 0) return false;
  // Promises, generators and the like are refused by the host itself.
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  return !CLONED.has(kind) && !Error.isError(value);
}

/**
 * Checks that what is to be moved can be moved, and that the arguments can be cloned then: the host would
 * move it even if the call failed because of them.
 *
 * @throws {TypeError} If something is wrong with it.
 */
export function checkTransfer(
  name: string,
  args: readonly unknown[],
  transfer: readonly Transferable[],
): void {
  const refuse = (what: string, cause?: unknown) =>
    new TypeError(`Cannot transfer to "${name}": ${what}`, { cause });
  if (!Array.isArray(transfer)) throw refuse(`expected an array, got ${show(transfer)}`);
  const moved = new Set<unknown>();
  for (const each of transfer) {
    if (ArrayBuffer.isView(each)) throw refuse("list the .buffer of a typed array, not the array");
    if (moved.has(each)) throw refuse(`${show(each)} is listed twice`);
    if (!isTransferable(each)) throw refuse(`${show(each)} cannot be moved, only copied or shared`);
    if (each instanceof ArrayBuffer && each.detached) {
      throw refuse("an ArrayBuffer in the list was moved before");
    }
    moved.add(each);
  }
  try {
    structuredClone(without(args, moved, new Map()));
  } catch (error) {
    throw refuse(`an argument cannot be cloned: ${(error as Error).message}`, error);
  }
}

function isTransferable(value: unknown): boolean {
  return [ArrayBuffer, MessagePort, ReadableStream, WritableStream, TransformStream]
    .some((Class) => value instanceof Class);
}

/** A copy of arrays and plain objects without what is moved, and without large data, which can be cloned. */
function without(value: unknown, moved: Set<unknown>, copies: Map<object, unknown>): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (moved.has(value) || ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return null;
  if (IS_HANDLE in value) return null;
  const known = copies.get(value);
  if (known !== undefined) return known;
  const prototype = Object.getPrototypeOf(value);
  if (prototype === Array.prototype) {
    const items: unknown[] = [];
    copies.set(value, items);
    for (const item of value as unknown[]) items.push(without(item, moved, copies));
    return items;
  }
  if (prototype !== Object.prototype && prototype !== null) return value;
  const fields: Record<string, unknown> = {};
  copies.set(value, fields);
  for (const [key, field] of Object.entries(value)) fields[key] = without(field, moved, copies);
  return fields;
}
