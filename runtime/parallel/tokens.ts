// Copyright 2026 the Tendril authors. MIT license.
/**
 * Splits the source of a function into tokens, as far as looking for its free variables needs it.
 *
 * @module
 */

/** A piece of source: an identifier, a punctuator, or anything else with a value. */
export interface Token {
  /** "name" also for keywords; "value" for texts, numbers and regular expressions. */
  kind: "name" | "punctuator" | "value";
  /** As it is written; values are left out. */
  text: string;
  /** For a bracket: the place of its counterpart in the list. */
  match: number;
}

const SPACE = /(?:\s|\/\/[^\n]*|\/\*[^]*?\*\/)+/y;
const NAME = /[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/yu;
const PRIVATE = /#[\p{ID_Start}$_][\p{ID_Continue}$]*/yu;
const NUMBER =
  /(?:0[xXbBoO][\da-fA-F_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?)n?/y;
const TEXT = /"(?:[^"\\\n]|\\[^])*"|'(?:[^'\\\n]|\\[^])*'/y;
const REGEXP = /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;
const PUNCTUATOR = /\?\.(?!\d)|=>|\.\.\.|[{}()[\];,<>+\-*%&|^!~?:=.@/]/y;

/** After these words comes an operand, so a slash begins a regular expression. */
const BEFORE_OPERAND = new Set(
  "return typeof case in of delete void instanceof new throw else do await yield".split(" "),
);
const CLOSING: Record<string, string> = { "(": ")", "[": "]", "{": "}" };

/** The tokens of `source`; `undefined` when it cannot tell where one ends. */
export function tokenize(source: string): Token[] | undefined {
  const tokens: Token[] = [];
  const open: number[] = [];
  /** How deep in brackets each template literal that is open was left. */
  const templates: number[] = [];
  let at = 0;

  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const text = pattern.exec(source)?.[0];
    if (text !== undefined) at += text.length;
    return text;
  };
  const add = (kind: Token["kind"], text: string) => tokens.push({ kind, text, match: -1 });
  const close = (text: string): boolean => {
    const start = open.pop();
    if (start === undefined || CLOSING[tokens[start]!.text] !== text) return false;
    add("punctuator", text);
    tokens[start]!.match = tokens.length - 1;
    tokens.at(-1)!.match = start;
    return true;
  };
  /** Goes on with a template literal up to its end or the next `${`. */
  const takeTemplate = (): boolean => {
    for (; at < source.length; at++) {
      const char = source[at];
      if (char === "\\") at++;
      else if (char === "`") {
        at++;
        add("value", "`");
        return true;
      } else if (char === "$" && source[at + 1] === "{") {
        at += 2;
        templates.push(open.length);
        open.push(tokens.length);
        add("punctuator", "{");
        return true;
      }
    }
    return false;
  };

  while (at < source.length) {
    if (take(SPACE) !== undefined) continue;
    const name = take(NAME);
    if (name !== undefined) {
      add("name", name);
      continue;
    }
    const char = source[at]!;
    if (char === "`") {
      at++;
      if (!takeTemplate()) return undefined;
    } else if (char === "}" && templates.at(-1) === open.length - 1) {
      templates.pop();
      at++;
      if (!close("}") || !takeTemplate()) return undefined;
    } else if (take(TEXT) !== undefined || take(PRIVATE) !== undefined) add("value", "");
    else if (/[\d]/.test(char) || char === "." && /\d/.test(source[at + 1] ?? "")) {
      take(NUMBER);
      add("value", "");
    } else if (char === "/") {
      const operand = expectsOperand(tokens);
      if (operand === undefined) return undefined;
      if (!operand) {
        at++;
        add("punctuator", "/");
      } else if (take(REGEXP) !== undefined) add("value", "");
      else return undefined;
    } else {
      const text = take(PUNCTUATOR);
      if (text === undefined) return undefined;
      if (text in CLOSING) {
        open.push(tokens.length);
        add("punctuator", text);
      } else if (text === ")" || text === "]" || text === "}") {
        if (!close(text)) return undefined;
      } else add("punctuator", text);
    }
  }
  return open.length === 0 ? tokens : undefined;
}

/** Whether an operand comes next; `undefined` when that would take a parser. */
function expectsOperand(tokens: Token[]): boolean | undefined {
  const last = tokens.at(-1);
  if (last === undefined) return true;
  if (last.kind === "value") return false;
  if (last.kind === "name") {
    if (tokens.at(-2)?.text === "." || tokens.at(-2)?.text === "?.") return false;
    return BEFORE_OPERAND.has(last.text);
  }
  if (last.text === "]") return false;
  if (last.text === "}") return undefined;
  if (last.text !== ")") return true;
  const before = tokens[last.match - 1];
  return before?.kind === "name" && /^(if|while|for|with)$/.test(before.text);
}
