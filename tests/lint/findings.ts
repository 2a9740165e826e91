// Copyright 2026 the Tendril authors. MIT license.
/** What the tests of the lint rules share. @module */
import plugin from "../../lint/mod.ts";

/** What every test's source has in scope. */
const HEAD = `import {
  all, call, Channel, Condition, type Coroutine, Greenlet, Lock, type Op, Pipe, Pool, race, run, RWLock,
  scope, select, Semaphore, sleep, spawn, spawnLater, until,
} from "@tendril/tendril";
import { fetch, type IoPromise, open, writeTextFile } from "@tendril/tendril/io";
declare const channel: Channel<number>;
declare const greenlet: Greenlet<number>;
declare const greenlets: Greenlet<number>[];
declare const lock: Lock;
declare const pool: Pool;
`;

function diagnose(source: string): Deno.lint.Diagnostic[] {
  return Deno.lint.runPlugin(plugin, "source.ts", source);
}

function short({ id, range }: Deno.lint.Diagnostic, source: string): string {
  return `${id.replace("tendril/", "")}: ${source.slice(...range).replaceAll(/\s+/g, " ")}`;
}

/** What the rules find in `source` as it is: "rule: code" of each finding. */
export function findingsIn(source: string): string[] {
  return diagnose(source).map((each) => short(each, source));
}

/** What the rules find in `body`, which can use what {@linkcode HEAD} declares. */
export function findings(body: string): string[] {
  return findingsIn(HEAD + body);
}

/** What the rules advise, finding by finding. */
export function hints(body: string): (string | undefined)[] {
  return diagnose(HEAD + body).map(({ hint }) => hint);
}

/** `body` after the fixes. */
export function fixed(body: string): string {
  let source = HEAD + body;
  const fixes = diagnose(source).flatMap(({ fix }) => fix ?? []);
  for (const { range: [start, end], text } of fixes.sort((a, b) => b.range[0] - a.range[0])) {
    source = source.slice(0, start) + (text ?? "") + source.slice(end);
  }
  return source.slice(HEAD.length);
}
