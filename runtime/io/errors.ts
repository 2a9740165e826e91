// Copyright 2026 the Tendril authors. MIT license.
/**
 * The host's errors, with what was done and to what in the message. Made only when something failed.
 *
 * @module
 */

type ErrorClass = new (message: string, options?: ErrorOptions) => Error & { code?: unknown };

const hostErrors = Deno.errors as Record<string, unknown>;
const builtIn: unknown[] = [Error, TypeError, RangeError, URIError];

/** The class for the new error; `undefined` for what is not the host's, such as an abort reason. */
function classFor(error: Error): ErrorClass | undefined {
  const { constructor } = error;
  if (constructor === Error && error.message.startsWith("failed to lookup address")) {
    return Deno.errors.NotFound; // what resolveDns gives for the same
  }
  const known = hostErrors[error.name] === constructor || builtIn.includes(constructor);
  return known ? constructor as ErrorClass : undefined;
}

/** `Connection refused` as it reads after a colon; an abbreviation stays as it is. */
function inSentence(message: string): string {
  return /^[A-Z][a-z]/.test(message) ? message[0]!.toLowerCase() + message.slice(1) : message;
}

/**
 * An error of the same class that says what failed, with `error` as cause: `Cannot connect to
 * 127.0.0.1:1: connection refused (os error 111)`. A host name that cannot be resolved, for which the
 * host has no class, becomes a `Deno.errors.NotFound`. What is no error of the host stays itself.
 *
 * @param action What was done, and to what.
 * @param error What the host threw.
 * @param gone Why that is of no use any more, if so: then it is a `Deno.errors.BadResource`.
 */
export function failure(action: string, error: unknown, gone: string | null = null): unknown {
  if (gone !== null) {
    return new Deno.errors.BadResource(`Cannot ${action}: ${gone}`, { cause: error });
  }
  const Class = error instanceof Error ? classFor(error) : undefined;
  if (Class === undefined) return error;
  const cause = error as Error & { code?: unknown };
  const made = new Class(`Cannot ${action}: ${inSentence(cause.message)}`, { cause });
  if (cause.code !== undefined) made.code = cause.code;
  return made;
}
