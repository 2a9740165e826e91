// Copyright 2026 the Tendril authors. MIT license.
/**
 * Where an expression stands: in which kind of function, and whether anybody gets its value.
 *
 * @module
 */
import {
  declarationOf,
  type FunctionNode,
  importsTendril,
  isFunction,
  type Node,
  parentOf,
} from "./names.ts";
import { calleeOf, memberName } from "./shapes.ts";

/** A rule that looks only at files which import from Tendril. */
export function rule(
  create: (context: Deno.lint.RuleContext) => Deno.lint.LintVisitor,
): Deno.lint.Rule {
  return {
    create: (context) => importsTendril(context.sourceCode.ast) ? create(context) : {},
  };
}

/** What runs `node`: a function, or a class while it is set up; null for the module. */
function runnerOf(node: Node): Node | null {
  let around = parentOf(node);
  while (
    around !== null && !isFunction(around) && around.type !== "StaticBlock" &&
    around.type !== "PropertyDefinition"
  ) around = parentOf(around);
  return around;
}

/** The function whose body `node` belongs to; null at the module's top level and in a class body. */
export function functionAround(node: Node): FunctionNode | null {
  const runner = runnerOf(node);
  return isFunction(runner) ? runner : null;
}

/** How code can wait: `yield*` in a generator, `await` in async code, not at all in plain code. */
export type Color = "generator" | "async" | "plain";

/** How code at `node` can wait. */
export function colorOf(node: Node): Color {
  const runner = runnerOf(node);
  if (runner === null) return "async";
  if (!isFunction(runner)) return "plain";
  return runner.async ? "async" : runner.generator ? "generator" : "plain";
}

/** Whether `fn` stands in a generator, with nothing but plain functions between. */
export function inGenerator(fn: Node): boolean {
  for (let around = functionAround(fn); around !== null; around = functionAround(around)) {
    if (around.generator || around.async) return !around.async;
  }
  return false;
}

/**
 * How a value is lost: as a statement, as a part of one that asks at most whether there is a value, or
 * as the result of a callback.
 */
export type Loss = "statement" | "part" | "result";

/** How the value of `node` is lost; null when somebody may get it. */
export function lossOf(node: Node): Loss | null {
  let value = node;
  for (;;) {
    const parent = parentOf(value);
    switch (parent?.type) {
      case "ExpressionStatement":
        return value === node ? "statement" : "part";
      case "ChainExpression":
      case "ConditionalExpression":
      case "LogicalExpression":
      case "TSNonNullExpression":
        break;
      case "SequenceExpression":
        if (parent.expressions.at(-1) !== value) return "part";
        break;
      case "UnaryExpression":
        return parent.operator === "!" ? "part" : null;
      case "TemplateLiteral":
        return parentOf(parent)?.type === "TaggedTemplateExpression" ? null : "part";
      case "DoWhileStatement":
      case "ForStatement":
      case "IfStatement":
      case "WhileStatement":
        return "part";
      case "ArrowFunctionExpression":
        return parent.body === value && !parent.async && isIgnored(parent) ? "result" : null;
      default:
        return null;
    }
    value = parent;
  }
}

/** Tendril's own timers wait for what a callback returns, and so do links. */
const EVENTS = /^(?:addEventListener|queueMicrotask|setImmediate|setInterval|setTimeout)$/;

/** The call that `fn` is passed to. */
export function takerOf(fn: Node): Deno.lint.CallExpression | null {
  const call = parentOf(fn);
  return call?.type === "CallExpression" && call.callee !== fn ? call : null;
}

/** Whether `call` hands a callback to a timer or an event of the host, which want no result of it. */
export function isEvent(call: Deno.lint.CallExpression): boolean {
  const callee = calleeOf(call);
  if (callee.type !== "Identifier") return memberName(callee) === "addEventListener";
  return declarationOf(callee) === null && EVENTS.test(callee.name);
}

/** Whether what a callback returns is looked at by nobody. */
function isIgnored(fn: Deno.lint.ArrowFunctionExpression): boolean {
  const call = takerOf(fn);
  if (call !== null) return isEvent(call) || memberName(calleeOf(call)) === "forEach";
  const parent = parentOf(fn);
  return parent?.type === "AssignmentExpression" && parent.right === fn &&
    /^on[a-z]+$/.test(memberName(parent.left) ?? "");
}
