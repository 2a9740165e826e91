// Copyright 2026 the Tendril authors. MIT license.
/**
 * Stand-in for `@std/testing/mock`, which has no copy on npm. This is not the library's code: it
 * has the names and signatures of what the tests use (no sessions, no spies on classes) over the
 * mocks of `node:test`.
 *
 * @module
 */

// deno-lint-ignore-file no-explicit-any -- as in the library, a spy without types accepts anything

import { mock } from "node:test";
import { assertEquals, AssertionError, assertIsError, assertRejects } from "jsr:@std/assert@^1";

/** A method that cannot be spied on, or is restored already. */
export class MockError extends Error {
  /** Makes the error. */
  constructor(message: string) {
    super(message);
    this.name = "MockError";
  }
}

/** One call that a spy has recorded. */
export interface SpyCall<Self = any, Args extends unknown[] = any[], Return = any> {
  /** What it was called with. */
  args: Args;
  /** What it returned. */
  returned?: Return;
  /** What it threw. */
  error?: Error;
  /** What it was called on. */
  self?: Self;
}

/** A function that records its calls. */
export interface Spy<Self = any, Args extends unknown[] = any[], Return = any> {
  (this: Self, ...args: Args): Return;
  /** The function behind it. */
  original: (this: Self, ...args: Args) => Return;
  /** The calls, oldest first. */
  calls: SpyCall<Self, Args, Return>[];
  /** Whether the method behind it is back in its place. */
  restored: boolean;
  /** Puts the method behind it back in its place. */
  restore(): void;
}

/** A method that records its calls. */
export interface MethodSpy<Self = any, Args extends unknown[] = any[], Return = any>
  extends Spy<Self, Args, Return>, Disposable {}

/** A method replaced by a fake that records its calls. */
export interface Stub<Self = any, Args extends unknown[] = any[], Return = any>
  extends MethodSpy<Self, Args, Return> {
  /** The function that is called instead of the original. */
  fake: (this: Self, ...args: Args) => Return;
}

/** What a call is expected to be. */
export interface ExpectedSpyCall<Self = any, Args extends unknown[] = any[], Return = any> {
  /** What it was called with. */
  args?: [...Args, ...unknown[]];
  /** What it was called on. */
  self?: Self;
  /** What it returned. */
  returned?: Return;
  /** What it threw. */
  error?: {
    /** The class of the error. */
    Class?: new (...args: any[]) => Error;
    /** A part of its message. */
    msgIncludes?: string;
  };
}

type ArgsOf<Self, Name extends keyof Self> = Self[Name] extends (...args: infer Args) => unknown
  ? Args
  : unknown[];
type ReturnOf<Self, Name extends keyof Self> = Self[Name] extends (...args: any[]) => infer Return
  ? Return
  : unknown;

type AnyFunction = (this: any, ...args: any[]) => any;
type Mocked = ReturnType<typeof mock.fn<AnyFunction>>;

function recorded(mocked: Mocked): SpyCall[] {
  return mocked.mock.calls.map((call) => ({
    args: call.arguments,
    ...(call.error === undefined ? { returned: call.result } : { error: call.error as Error }),
    ...(call.this === undefined ? {} : { self: call.this }),
  }));
}

function asSpy(mocked: Mocked, original: AnyFunction): Spy {
  return Object.defineProperties(mocked, {
    original: { enumerable: true, value: original },
    calls: { enumerable: true, get: () => recorded(mocked) },
    restored: { enumerable: true, value: false },
    restore: {
      enumerable: true,
      value: () => {
        throw new MockError("Cannot restore: function cannot be restored");
      },
    },
  }) as unknown as Spy;
}

function replaceMethod(self: any, property: PropertyKey, fake?: AnyFunction): Stub {
  const original = self[property];
  if (typeof original !== "function") {
    throw new MockError("Cannot spy: property is not an instance method");
  }
  const descriptor = Object.getOwnPropertyDescriptor(self, property);
  if (descriptor && !descriptor.configurable) {
    throw new MockError("Cannot spy: non-configurable instance method");
  }
  const mocked: Mocked = mock.fn(fake ?? original);
  let restored = false;
  const restore = () => {
    if (restored) throw new MockError("Cannot restore: instance method already restored");
    restored = true;
    if (descriptor) Object.defineProperty(self, property, descriptor);
    else delete self[property];
  };
  Object.defineProperty(self, property, {
    configurable: true,
    enumerable: descriptor?.enumerable ?? false,
    writable: true,
    value: mocked,
  });
  return Object.defineProperties(mocked, {
    original: { enumerable: true, value: original },
    fake: { enumerable: true, value: fake },
    calls: { enumerable: true, get: () => recorded(mocked) },
    restored: { enumerable: true, get: () => restored },
    restore: { enumerable: true, value: restore },
    [Symbol.dispose]: { value: restore },
  }) as unknown as Stub;
}

/** A function that records its calls. */
export function spy<Self = any, Args extends unknown[] = any[], Return = undefined>(): Spy<
  Self,
  Args,
  Return
>;
/** A function that records the calls it passes on to `func`. */
export function spy<Self, Args extends unknown[], Return>(
  func: (this: Self, ...args: Args) => Return,
): Spy<Self, Args, Return>;
/** Makes a method record its calls. */
export function spy<Self, Name extends keyof Self>(
  self: Self,
  property: Name,
): MethodSpy<Self, ArgsOf<Self, Name>, ReturnOf<Self, Name>>;
export function spy(target: unknown = () => {}, property?: PropertyKey): Spy {
  if (property !== undefined) return replaceMethod(target, property);
  const original = target as AnyFunction;
  return asSpy(mock.fn(original), original);
}

/** Replaces a method by one that does nothing, or by `func`, and records its calls. */
export function stub<Self, Name extends keyof Self>(
  self: Self,
  property: Name,
  func?: (this: Self, ...args: ArgsOf<Self, Name>) => ReturnOf<Self, Name>,
): Stub<Self, ArgsOf<Self, Name>, ReturnOf<Self, Name>> {
  return replaceMethod(self, property, func ?? (() => {})) as Stub<
    Self,
    ArgsOf<Self, Name>,
    ReturnOf<Self, Name>
  >;
}

function callOf(spy: Spy, index: number): SpyCall {
  const call = spy.calls[index];
  if (!call) throw new AssertionError("Spy not called as much as expected");
  return call;
}

/** Throws unless the spy was called exactly `expectedCalls` times. */
export function assertSpyCalls<Self, Args extends unknown[], Return>(
  spy: Spy<Self, Args, Return>,
  expectedCalls: number,
): void {
  assertEquals(spy.calls.length, expectedCalls, "Number of calls of the spy");
}

/** Throws unless call number `callIndex` of the spy was as expected. */
export function assertSpyCall<Self, Args extends unknown[], Return>(
  spy: Spy<Self, Args, Return>,
  callIndex: number,
  expected: ExpectedSpyCall<Self, Args, Return> = {},
): void {
  const call = callOf(spy, callIndex);
  if (expected.args) assertEquals<unknown[]>(call.args, expected.args);
  if ("self" in expected) assertEquals(call.self, expected.self);
  if ("returned" in expected) {
    if ("error" in call) throw new AssertionError("Spy call threw instead of returning");
    assertEquals(call.returned, expected.returned);
  }
  if (expected.error) {
    if (!("error" in call)) throw new AssertionError("Spy call returned instead of throwing");
    assertIsError(call.error, expected.error.Class, expected.error.msgIncludes);
  }
}

/** The same for a spy that returns a promise, with what the promise became. */
export async function assertSpyCallAsync<Self, Args extends unknown[], Return>(
  spy: Spy<Self, Args, Promise<Return>>,
  callIndex: number,
  expected: ExpectedSpyCall<Self, Args, Promise<Return> | Return> = {},
): Promise<void> {
  const { returned, error, ...rest } = expected;
  assertSpyCall(spy, callIndex, rest as ExpectedSpyCall<Self, Args, Promise<Return>>);
  const call = callOf(spy, callIndex);
  if (!(call.returned instanceof Promise)) {
    throw new AssertionError("Spy call did not return a promise");
  }
  if ("returned" in expected) assertEquals(await call.returned, await returned);
  if (error) {
    await assertRejects(() => call.returned, error.Class ?? Error, error.msgIncludes ?? "");
  }
}

/** Throws unless argument `argIndex` of call `callIndex` was as expected, and returns it. */
export function assertSpyCallArg<Self, Args extends unknown[], Return, Expected>(
  spy: Spy<Self, Args, Return>,
  callIndex: number,
  argIndex: number,
  expected: Expected,
): Expected {
  const arg: unknown = callOf(spy, callIndex).args[argIndex];
  assertEquals(arg, expected);
  return arg as Expected;
}

/** Throws unless the arguments of call `callIndex` were as expected, and returns them. */
export function assertSpyCallArgs<
  Self,
  Args extends unknown[],
  Return,
  Expected extends unknown[],
>(spy: Spy<Self, Args, Return>, callIndex: number, expected: Expected): Expected {
  const { args } = callOf(spy, callIndex);
  assertEquals<unknown[]>(args, expected);
  return args as Expected;
}

/** A function that returns what it is called on. */
export function returnsThis<Self = any, Args extends unknown[] = any[]>(): (
  this: Self,
  ...args: Args
) => Self {
  return function (this: Self): Self {
    return this;
  };
}

/** A function that returns its argument number `idx`. */
export function returnsArg<Arg, Self = any>(idx: number): (this: Self, ...args: Arg[]) => Arg {
  return (...args) => args[idx]!;
}

/** A function that returns the next of `values` at each call, and throws those that are errors. */
export function returnsNext<Return, Self = any, Args extends unknown[] = any[]>(
  values: Iterable<Return | Error>,
): (this: Self, ...args: Args) => Return {
  const iterator = values[Symbol.iterator]();
  let calls = 0;
  return () => {
    const next = iterator.next();
    if (next.done) throw new MockError(`Not expected to be called more than ${calls} time(s)`);
    calls++;
    if (next.value instanceof Error) throw next.value;
    return next.value;
  };
}

/** The same for promises: `values` may be promises too, and errors reject. */
export function resolvesNext<Return, Self = any, Args extends unknown[] = any[]>(
  values: Iterable<Return | Error | Promise<Return | Error>>,
): (this: Self, ...args: Args) => Promise<Return> {
  const next = returnsNext<Return | Promise<Return | Error>>(values as Iterable<Return | Error>);
  return async () => {
    const value = await next();
    if (value instanceof Error) throw value;
    return value as Return;
  };
}
