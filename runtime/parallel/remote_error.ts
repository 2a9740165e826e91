// Copyright 2026 the Tendril authors. MIT license.
/**
 * Errors on their way between isolates. The host's own clone loses the class, the name, the fields
 * and the errors of an AggregateError; a record keeps them.
 *
 * A class both sides know arrives as itself. Of one that only the worker knows, a class of the same
 * name is made that extends the same built-in.
 *
 * @module
 */
/** What was thrown, in a form that can be sent. */
export interface ErrorRecord {
  /** The name of its class; `undefined` when it was no Error. */
  readonly className?: string;
  /** The built-in that its class extends. */
  readonly base?: string;
  /** Its message. */
  readonly message?: string;
  /** Its stack, where it was thrown. */
  readonly stack?: string;
  /** Its cause, when it has one. */
  readonly cause?: ErrorRecord;
  /** What an AggregateError holds. */
  readonly errors?: ErrorRecord[];
  /** Its other own fields. */
  readonly fields?: Record<string, unknown>;
  /** What was thrown, when that was no Error. */
  readonly value?: unknown;
}

/** How deep causes and aggregates are followed; they may run in a circle. */
const DEEPEST = 16;

/** Puts what was thrown into a form that can be sent, whatever it is. */
export function packError(error: unknown, depth = 0): ErrorRecord {
  if (!Error.isError(error)) return { value: sendable(error) };
  const { name, message, stack, cause } = readSafely(error);
  const aggregated = (error as AggregateError).errors;
  const inner = (each: unknown) => packError(each, depth + 1);
  return {
    className: classNameOf(error),
    base: baseOf(error),
    message,
    stack,
    fields: fieldsOf(error, name),
    ...depth < DEEPEST && "cause" in error ? { cause: inner(cause) } : {},
    ...depth < DEEPEST && Array.isArray(aggregated) ? { errors: aggregated.map(inner) } : {},
  };
}

/** Getters of somebody's error class may throw. */
function readSafely(
  error: Error,
): { name: string; message: string; stack: string; cause: unknown } {
  const read = (key: keyof Error): unknown => {
    try {
      return error[key];
    } catch {
      return undefined;
    }
  };
  const text = (key: keyof Error) => {
    const value = read(key);
    return value === undefined ? "" : show(value);
  };
  return {
    name: text("name"),
    message: text("message"),
    stack: text("stack"),
    cause: read("cause"),
  };
}

function show(value: unknown): string {
  if (typeof value === "string") return value;
  try {
    return Deno.inspect(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}

function classNameOf(error: Error): string {
  const name: unknown = error.constructor?.name;
  return typeof name === "string" && name !== "" ? name : "Error";
}

function baseOf(error: Error): string {
  if (error instanceof DOMException) return "DOMException";
  for (let at = Object.getPrototypeOf(error); at !== null; at = Object.getPrototypeOf(at)) {
    const name = at.constructor?.name;
    if (typeof name === "string" && builtins.get(name)?.prototype === at) return name;
  }
  return "Error";
}

const OWN = new Set(["message", "stack", "cause", "errors"]);

function fieldsOf(error: Error, name: string): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  if (!(error instanceof DOMException)) {
    for (const key of Object.keys(error)) {
      if (OWN.has(key)) continue;
      try {
        fields[key] = sendable((error as unknown as Record<string, unknown>)[key]);
      } catch {
        // A getter that throws has nothing to send.
      }
    }
  }
  fields.name = name;
  return fields;
}

/** The value, or how it looks when it cannot be sent. */
function sendable(value: unknown): unknown {
  if (typeof value !== "object" && typeof value !== "function" && typeof value !== "symbol") {
    return value;
  }
  try {
    return structuredClone(value);
  } catch {
    return show(value);
  }
}

/** A class of errors. */
export type ErrorClass = { readonly prototype: Error; readonly name: string };

const builtins = new Map<string, ErrorClass>(
  [
    Error,
    EvalError,
    RangeError,
    ReferenceError,
    SyntaxError,
    TypeError,
    URIError,
    AggregateError,
    DOMException,
  ].map((each) => [each.name, each]),
);

/** Classes that arrive as themselves. */
const known = new Map<string, ErrorClass>(builtins);

/** Lets errors of these classes arrive as such in this isolate. */
export function knowErrors(classes: Iterable<ErrorClass>): void {
  for (const each of classes) known.set(each.name, each);
}

/** Classes made for those that only the other side knows, by name and built-in. */
const made = new Map<string, ErrorClass>();

function classOf(className: string, base: string): ErrorClass {
  const found = known.get(className);
  // Somebody may call a class of theirs like one of ours.
  if (found !== undefined && baseOf(found.prototype) === base) return found;
  const key = `${className} ${base}`;
  let twin = made.get(key);
  if (twin === undefined) {
    const Base = (builtins.get(base) ?? Error) as unknown as ErrorConstructor;
    twin = class extends Base {} as ErrorClass;
    Object.defineProperty(twin, "name", { value: className });
    made.set(key, twin);
  }
  return twin;
}

/** Makes the error again; `where` tells where it came from and `site` where the call was made. */
export function unpackError(record: ErrorRecord, where = "", site = ""): unknown {
  const { className, base = "Error", message = "", stack = "", cause, errors, fields } = record;
  if (className === undefined) return record.value;
  const error = blank(base, message, String(fields?.name ?? ""));
  const { prototype } = classOf(className, base);
  if (Object.getPrototypeOf(error) !== prototype) Object.setPrototypeOf(error, prototype);
  const set = (key: string, value: unknown, enumerable: boolean) =>
    Object.defineProperty(error, key, { value, enumerable, configurable: true, writable: true });
  for (const [key, value] of Object.entries(fields ?? {})) {
    if (key !== "name") set(key, value, true);
    else if (error.name !== value) set(key, value, false);
  }
  if (cause !== undefined) set("cause", unpackError(cause), false);
  if (errors !== undefined) set("errors", errors.map((each) => unpackError(each)), false);
  set("stack", bothStacks(stack || `${error.name}: ${message}`, where, site), false);
  return error;
}

function blank(base: string, message: string, name: string): Error {
  if (base === "DOMException") return new DOMException(message, name);
  if (base === "AggregateError") return new AggregateError([], message);
  const Base = (builtins.get(base) ?? Error) as unknown as ErrorConstructor;
  return new Base(message);
}

function bothStacks(remote: string, where: string, site: string): string {
  if (where === "") return remote;
  return `${remote}\n    --- in ${where}${site === "" ? "" : `, called from ---\n${site}`}`;
}
