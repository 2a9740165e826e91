// Copyright 2026 the Tendril authors. MIT license.
/**
 * Handles of shared things on their way between isolates. `pack` is called before a value is cloned into a
 * message, `unpack` on what came out.
 *
 * A value without handles is passed on as it is, and `unpack` sees that at once. Else it is wrapped: in a
 * copy of the arrays and plain objects around them there is a token for each handle.
 *
 * @module
 */
import { handlesExist, IS_HANDLE, type Portable, revive, TOKEN } from "./handle.ts";

/** The key of whatever does not stand for itself. */
const MARK = "$tendril";

/** What came of `pack` where there was something to be packed. */
interface Marked {
  /** `"wrapped"` around all of it, `"literal"` around what has this key itself, else a token. */
  readonly [MARK]: "wrapped" | "literal" | "token";
  /** What is in it. */
  readonly value: unknown;
}

/** From so many objects on, it is noted which were looked at: among fewer a second look costs less. */
const MANY = 100_000;
/** From this depth on, too: there may be a ring. */
const DEEP = 50;

/**
 * Makes `value` ready to be cloned. Handles are found in arrays and plain objects, at any depth; in other
 * objects, such as a Map, they make the clone fail.
 *
 * @param transfer What has to be transferred with the message is added to it.
 * @returns `value` itself if there is no handle in it.
 */
export function pack(value: unknown, transfer: Transferable[]): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (!(handlesExist && containsHandle(value)) && !(MARK in value)) return value;
  const wrapped: Marked = { [MARK]: "wrapped", value: replace(value, transfer, new Map()) };
  return wrapped;
}

/** Gives what was packed, after it was cloned; `value` itself where nothing was packed. */
export function unpack(value: unknown): unknown {
  if (typeof value !== "object" || value === null || !(MARK in value)) return value;
  return restore((value as Marked).value, new Set());
}

function isHandle(value: object): value is Portable {
  return IS_HANDLE in value;
}

/** Whether handles inside of it are found. */
function isSearched(value: object): boolean {
  if (Array.isArray(value)) return true;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

let looked = 0;
let seen: Set<object> | null = null;

function containsHandle(value: object): boolean {
  looked = 0;
  try {
    return search(value, 0);
  } finally {
    seen = null;
  }
}

function search(value: object, depth: number): boolean {
  if (Array.isArray(value)) {
    if (wasSeen(value, depth)) return false;
    for (let i = 0; i < value.length; i++) {
      const item = value[i];
      if (typeof item === "object" && item !== null && search(item, depth + 1)) return true;
    }
    return false;
  }
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return isHandle(value);
  if (wasSeen(value, depth)) return false;
  for (const key in value) {
    const item = (value as Record<string, unknown>)[key];
    if (typeof item === "object" && item !== null && search(item, depth + 1)) return true;
  }
  return false;
}

function wasSeen(value: object, depth: number): boolean {
  if (++looked < MANY && depth < DEEP) return false;
  seen ??= new Set();
  if (seen.has(value)) return true;
  seen.add(value);
  return false;
}

/** A copy in which tokens stand for handles; what is not searched is in it as it is. */
function replace(value: unknown, transfer: Transferable[], copies: Map<object, unknown>): unknown {
  if (typeof value !== "object" || value === null) return value;
  const done = copies.get(value);
  if (done !== undefined) return done;
  if (!isSearched(value)) {
    if (!isHandle(value)) return value;
    const token: Marked = { [MARK]: "token", value: value[TOKEN](transfer) };
    copies.set(value, token);
    return token;
  }
  if (Array.isArray(value)) {
    const items: unknown[] = new Array(value.length);
    copies.set(value, items);
    for (let i = 0; i < value.length; i++) {
      if (i in value) items[i] = replace(value[i], transfer, copies);
    }
    return items;
  }
  const fields: Record<string, unknown> = {};
  const marked = MARK in value;
  const literal: Marked = { [MARK]: "literal", value: fields };
  copies.set(value, marked ? literal : fields);
  for (const key of Object.keys(value)) {
    put(fields, key, replace((value as Record<string, unknown>)[key], transfer, copies));
  }
  return marked ? literal : fields;
}

function put(fields: object, key: string, value: unknown): void {
  if (key !== "__proto__") (fields as Record<string, unknown>)[key] = value;
  else {
    Object.defineProperty(fields, key, {
      value,
      configurable: true,
      enumerable: true,
      writable: true,
    });
  }
}

/** Puts handles where the tokens are, in place: what was cloned is nobody else's. */
function restore(value: unknown, seen: Set<object>): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (MARK in value) {
    const { [MARK]: what, value: inner } = value as Marked;
    if (what === "token") return revive(inner as { kind: string });
    restoreFields(inner as object, seen);
    return inner;
  }
  if (isSearched(value)) restoreFields(value, seen);
  return value;
}

function restoreFields(value: object, seen: Set<object>): void {
  if (seen.has(value)) return;
  seen.add(value);
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const item = value[i];
      if (typeof item === "object" && item !== null) value[i] = restore(item, seen);
    }
    return;
  }
  for (const key of Object.keys(value)) {
    const item = (value as Record<string, unknown>)[key];
    if (typeof item === "object" && item !== null) put(value, key, restore(item, seen));
  }
}
