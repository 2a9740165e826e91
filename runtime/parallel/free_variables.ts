// Copyright 2026 the Tendril authors. MIT license.
/**
 * Which variables a function takes from outside: a guess from its source that errs on one side only.
 * What it names is free; what it cannot make out it leaves to the worker, where the error of the
 * engine names the variable.
 *
 * So every name that stands where a declaration could be counts as declared in the whole function.
 *
 * @module
 */
import { type Token, tokenize } from "./tokens.ts";

const KEYWORDS = new Set(
  ("arguments async await break case catch class const continue debugger default delete do else " +
    "export extends false finally for from function get if import in instanceof let new null of " +
    "return set static super switch this throw true try typeof undefined using var void while " +
    "with yield as accessor target meta enum implements interface package private protected public")
    .split(" "),
);
/** A bracket after one of these holds no parameters, even when a block follows. */
const STATEMENTS = new Set(["if", "while", "for", "switch", "with"]);

/** The free variables of a function with this source and name, in order; empty when in doubt. */
export function freeVariables(source: string, name: string): string[] {
  const tokens = tokenize(source);
  if (tokens === undefined) return [];
  // Fields of a class look like assignments, and these two make or find names at run time.
  if (tokens.some(({ kind, text }) => kind === "name" && /^(class|eval|with)$/.test(text))) {
    return [];
  }
  const declared = declarations(tokens).add(name);
  const free = new Set<string>();
  tokens.forEach((token, at) => {
    if (token.kind === "name" && isReference(tokens, at) && !declared.has(token.text)) {
      if (!(token.text in globalThis)) free.add(token.text);
    }
  });
  return [...free];
}

function isReference(tokens: Token[], at: number): boolean {
  const { text } = tokens[at]!;
  if (KEYWORDS.has(text)) return false;
  const before = tokens[at - 1]?.text;
  const after = tokens[at + 1]?.text;
  if (before === "." || before === "?.") return false;
  if (after === ":") return false; // a key, a label, or the middle of `a ? b : c`
  return !/^(break|continue)$/.test(before ?? "");
}

/** Every name that may be declared somewhere in the function. */
function declarations(tokens: Token[]): Set<string> {
  const declared = new Set<string>();
  const addAll = (from: number, to: number) => {
    for (let at = from; at <= to; at++) {
      if (tokens[at]!.kind === "name") declared.add(tokens[at]!.text);
    }
  };
  tokens.forEach((token, at) => {
    const { text } = token;
    if (token.kind === "punctuator") {
      if (text === "=>") addAll(startOf(tokens, at - 1), at - 1);
      if (text === "(" && isParameterList(tokens, at)) addAll(Math.max(at - 1, 0), token.match);
      return;
    }
    if (text === "function") {
      const next = tokens[at + 1]?.text === "*" ? at + 2 : at + 1;
      addAll(next, next);
    } else if (text === "typeof") addAll(at + 1, at + 1); // asks whether it exists
    else if (/^(let|const|var|using)$/.test(text)) addVariables(tokens, at + 1, addAll);
  });
  return declared;
}

/** Where the bracket ends that begins at `at`; a single token ends where it begins. */
function endOf(tokens: Token[], at: number): number {
  return Math.max(tokens[at]?.match ?? at, at);
}

function startOf(tokens: Token[], at: number): number {
  const { match } = tokens[at]!;
  return match < 0 ? at : match;
}

/** Whether the bracket at `at` may hold the parameters of a function or a method. */
function isParameterList(tokens: Token[], at: number): boolean {
  const before = tokens[at - 1];
  if (before?.kind === "name" && STATEMENTS.has(before.text)) return false;
  return tokens[endOf(tokens, at) + 1]?.text === "{";
}

/** Adds the names of `let a = 1, { b } = c, …`, up to the end of the statement. */
function addVariables(
  tokens: Token[],
  from: number,
  addAll: (from: number, to: number) => void,
): void {
  let expected = true;
  for (let at = from; at < tokens.length; at++) {
    const { kind, text, match } = tokens[at]!;
    if (text === ";" || (match >= 0 && match < at)) return;
    if (expected && (kind === "name" || match > at)) {
      addAll(at, endOf(tokens, at));
      expected = false;
    }
    if (text === ",") expected = true;
    at = endOf(tokens, at);
  }
}
