// Copyright 2026 the Tendril authors. MIT license.
/**
 * The rule against `yield` where `yield*` was meant.
 *
 * @module
 */
import { apiName, type FunctionNode, parentOf } from "./names.ts";
import { functionAround, rule } from "./places.ts";
import { functionNamed, kindOf, shapeOf, shapeOfType } from "./shapes.ts";

/**
 * `tendril/yield-star`: `yield` where `yield*` was meant. A greenlet that yields an operation gets a
 * TypeError; alone `yield` lets the others run, and `yield promise` waits. A generator that says that it
 * yields operations, or is iterated over, is let through.
 *
 * @example Bad
 * ```ts ignore
 * function* work(channel: Channel<number>) {
 *   yield sleep(10);
 *   const n = yield channel.receive();
 * }
 * ```
 *
 * @example Good
 * ```ts ignore
 * function* work(channel: Channel<number>) {
 *   yield* sleep(10);
 *   const n = yield* channel.receive();
 * }
 * ```
 */
export const yieldStar: Deno.lint.Rule = rule((context) => {
  const found = new Map<Deno.lint.YieldExpression, FunctionNode>();
  /** Generators of values, not of steps. */
  const iterated = new Set<FunctionNode>();
  return {
    YieldExpression(node) {
      const fn = functionAround(node);
      if (node.delegate || node.argument === null || fn === null || !isRoutine(fn)) return;
      const kind = kindOf(shapeOf(node.argument));
      const mistaken = /^(?:Op|Switch|Begun)$/.test(kind) ||
        kind === "Coroutine" && isGreenlet(fn);
      if (mistaken) found.set(node, fn);
    },
    CallExpression(call) {
      if (call.callee.type !== "Identifier" || !isIterated(call)) return;
      const fn = functionNamed(call.callee);
      if (fn !== null) iterated.add(fn);
    },
    "Program:exit"() {
      for (const [node, fn] of found) {
        if (iterated.has(fn)) continue;
        context.report({
          node,
          message: "A greenlet cannot `yield` an operation",
          hint: "Write `yield*`",
          fix: (fixer) => fixer.insertTextAfterRange([node.range[0], node.range[0] + 5], "*"),
        });
      }
    },
  };
});

/** What a function is passed to. */
function receiverOf(fn: FunctionNode): Deno.lint.CallExpression | Deno.lint.NewExpression | null {
  const call = parentOf(fn);
  const calls = call?.type === "CallExpression" || call?.type === "NewExpression";
  return calls && call.callee !== fn ? call : null;
}

/** Whether `fn` may be the body of a greenlet, or a part of one. */
function isRoutine(fn: FunctionNode): boolean {
  if (fn.async || !fn.generator) return false;
  if (fn.returnType) return kindOf(shapeOfType(fn.returnType)) === "Coroutine";
  return fn.type === "FunctionDeclaration" || parentOf(fn)?.type === "VariableDeclarator" ||
    receiverOf(fn) !== null;
}

/** Whether it is certain that a greenlet runs `fn`. */
function isGreenlet(fn: FunctionNode): boolean {
  const receiver = receiverOf(fn);
  return fn.returnType !== undefined || receiver !== null && apiName(receiver.callee) !== null;
}

/** Whether somebody may take what the generator yields, one by one. */
function isIterated(call: Deno.lint.CallExpression): boolean {
  const parent = parentOf(call);
  switch (parent?.type) {
    case "ArrowFunctionExpression":
    case "ExpressionStatement":
    case "YieldExpression":
      return false;
    case "CallExpression":
      return apiName(parent.callee) !== "call";
    default:
      return true;
  }
}
