// Copyright 2026 the Tendril authors. MIT license.
// What is proved of every package.

import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { deadline } from "@std/async";
import {
  dump,
  getHub,
  type Greenlet,
  GreenletExit,
  joinAll,
  run,
  spawn,
  spawnWith,
  until,
  withTimeout,
} from "@tendril/tendril";
import { patchAll } from "@tendril/tendril/monkey";
import { ManualClock, settle } from "../tests/manual_clock.ts";

/** A package at work with a server that can be told when to answer. */
export interface Subject {
  /** Uses the package in many ways; gives what is compared. */
  results(): Promise<unknown>;
  /** Asks for what the server answers only when `release` was called. */
  slow(): Promise<unknown>;
  /** Resolves when the server has this many slow requests in hand at once. */
  arrived(count: number): Promise<unknown>;
  /** Lets the server answer. */
  release(): unknown;
  /** Resolves when the server has seen a slow request go away unanswered. */
  gone(): Promise<unknown>;
  /** What the dump shows of a greenlet in `slow`, or a part of it. */
  readonly reason: string;
  /** What the package throws in an async function instead of the error of the kill, if it does. */
  readonly error?: string;
  /** Closes what the package leaves open, and the server. */
  close(): Promise<unknown>;
}

/** Stops a test that hangs; nothing that is measured. */
const MUCH = 30_000;
const AT_ONCE = 5;

/** Opens what is proved of; the patch comes first, as it should. */
type Open = () => Subject | Promise<Subject>;

/** Registers the tests of a package. With a reason in `ignore` they are skipped. */
export function prove(name: string, open: Open, ignore = ""): void {
  const test = (what: string, fn: () => Promise<void>): void => {
    Deno.test({
      name: `${name}: ${what}${ignore && ` (skipped: ${ignore})`}`,
      ignore: ignore !== "",
      fn: () => deadline(fn(), MUCH),
    });
  };
  const patched = (what: string, fn: (subject: Subject) => Promise<void>): void =>
    test(what, async () => {
      using _ = patchAll();
      await withSubject(open, fn);
    });

  test("the results are those without the patch", async () => {
    let expected: unknown;
    await withSubject(open, async (subject) => {
      expected = await subject.results();
    });
    using _ = patchAll();
    await withSubject(open, async (subject) => {
      assertEquals(await run(subject.results), expected);
      assertEquals(await run(() => until(subject.results)), expected);
      assertEquals(await subject.results(), expected);
    });
  });

  patched("the server sees greenlets at once", async (subject) => {
    const greenlets = Array.from({ length: AT_ONCE }, () => spawn(subject.slow));
    await subject.arrived(AT_ONCE);
    subject.release();
    await joinAll(greenlets, { raiseError: true });
    const first = greenlets[0]!.value;
    assert(first !== undefined);
    for (const { value } of greenlets) assertEquals(value, first);
  });

  patched("the dump shows what a greenlet waits for", async (subject) => {
    const greenlet = spawnWith({ name: "caller" }, subject.slow);
    await subject.arrived(1);
    const line = dump().split("\n").find((line) => line.startsWith("caller: ")) ?? "";
    assert(line.includes("waits for ") && line.includes(subject.reason), line);
    subject.release();
    await greenlet;
  });

  patched("a kill ends an async function and its request", async (subject) => {
    await proveKilled(subject, spawn(subject.slow));
  });

  patched("a kill ends a generator and its request", async (subject) => {
    await proveKilled(subject, spawn(() => until(subject.slow)));
  });

  patched("a Timeout ends a call and its request", async (subject) => {
    using clock = new ManualClock();
    const greenlet = spawn(() => withTimeout(1000, subject.slow, { value: "late" }));
    await subject.arrived(1);
    await clock.advance(1000);
    assertEquals(await greenlet, "late");
    await subject.gone();
    await run(subject.results);
  });
}

async function proveKilled(subject: Subject, greenlet: Greenlet<unknown>): Promise<void> {
  await subject.arrived(1);
  const exit = new GreenletExit();
  assertEquals(await greenlet.kill(exit), true);
  const { value, exception } = greenlet;
  if (value !== undefined) assertStrictEquals(value, exit);
  else assertEquals(String(exception), subject.error);
  await subject.gone();
  // Others are not disturbed.
  await run(subject.results);
}

async function withSubject(open: Open, fn: (subject: Subject) => Promise<void>): Promise<void> {
  const { external } = getHub().stats();
  const subject = await open();
  try {
    await fn(subject);
  } finally {
    await subject.close();
  }
  // The sockets of Node close a moment later; then nothing is held any more.
  while (getHub().stats().external !== external) await settle();
}
