// Copyright 2026 the Tendril authors. MIT license.
import { assertEquals } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { FUNCTIONS, METHODS } from "../../lint/calls.ts";
import { kindOf } from "../../lint/shapes.ts";

/** What `deno doc --json` says, as far as it is used here. */
interface Documented {
  name: string;
  declarations: {
    kind: string;
    def?: {
      extends?: string | { repr?: string };
      returnType?: Type;
      methods?: Method[];
    };
  }[];
}
interface Method {
  name: string;
  accessibility?: string;
  jsDoc?: { tags?: { kind: string }[] };
  /** Of a class. */
  functionDef?: { returnType?: Type };
  /** Of an interface. */
  returnType?: Type;
}
interface Type {
  repr?: string;
}

async function documented(entry: string): Promise<Documented[]> {
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", new URL(`../../${entry}`, import.meta.url).href],
  }).output();
  if (!success) throw new Error(`Cannot document ${entry}`);
  const { nodes } = JSON.parse(new TextDecoder().decode(stdout));
  return Object.values<{ symbols: Documented[] }>(nodes).flatMap(({ symbols }) => symbols);
}

function blocks(type: Type | undefined): boolean {
  return /^(?:Op|Switch|IoPromise)$/.test(type?.repr ?? "");
}

/** `op()` is what Tendril itself calls, see OpSource. */
function isForUsers({ name, accessibility, jsDoc }: Method): boolean {
  return accessibility === undefined && name !== "op" &&
    !(jsDoc?.tags ?? []).some(({ kind }) => kind === "internal");
}

/** Those exports of `entry` that return an operation: "sleep", "Channel.send". */
async function blockingCalls(entry: string, prefix: string): Promise<string[]> {
  const symbols = await documented(entry);
  const found = new Set<string>();
  const addMethods = (owner: string, name: string) => {
    for (const { def } of symbols.find((each) => each.name === name)?.declarations ?? []) {
      for (const method of def?.methods ?? []) {
        if (isForUsers(method) && blocks((method.functionDef ?? method).returnType)) {
          found.add(`${prefix}${owner}.${method.name}`);
        }
      }
      if (typeof def?.extends === "string") addMethods(owner, def.extends);
    }
  };
  for (const { name, declarations } of symbols) {
    for (const { kind, def } of declarations) {
      if (kind === "function" && blocks(def?.returnType)) found.add(prefix + name);
    }
    addMethods(name, name);
  }
  return [...found];
}

/** The calls in the table that give an operation. */
function knownCalls(): string[] {
  const methods = Object.entries(METHODS).flatMap(([owner, members]) =>
    Object.entries(members).map(([name, shape]) => [`${owner}.${name}`, shape] as const)
  );
  return [...Object.entries(FUNCTIONS), ...methods]
    .filter(([, shape]) => /^(?:Op|Begun|Switch|Io)$/.test(kindOf(shape)))
    .map(([name]) => name);
}

/** Its base class, which has them, is not exported. */
const INHERITED = ["Greenlet.switch", "Greenlet.throw"];

Deno.test("calls: the table has exactly the blocking calls that Tendril exports", async () => {
  const exported = new Set(INHERITED);
  for (const [name, entry] of Object.entries(config.exports)) {
    const prefix = name === "./io" ? "io." : "";
    for (const call of await blockingCalls(entry, prefix)) exported.add(call);
  }
  const known = new Set(knownCalls());
  assertEquals(
    [...exported.difference(known)].sort(),
    [],
    "Not in lint/calls.ts, so that no rule knows them",
  );
  assertEquals([...known.difference(exported)].sort(), [], "In lint/calls.ts, but not exported");
});
