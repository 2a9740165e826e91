// Copyright 2026 the Tendril authors. MIT license.
/**
 * The rule against generator functions that are made for one greenlet each.
 *
 * @module
 */
import { apiName, declarationOf, isFunction, type Node, parentOf } from "./names.ts";
import { functionAround, rule } from "./places.ts";
import { memberName, shapeOf } from "./shapes.ts";

/**
 * `tendril/no-generator-in-loop`: a generator function that is made afresh for each greenlet that a loop
 * spawns. That costs 1 to 2 µs, several times as much as the spawn itself; one function that gets
 * arguments costs nothing. Loops that are short, or that wait themselves, are let through.
 *
 * @example Bad
 * ```ts ignore
 * for (const job of jobs) {
 *   spawn(function* () {
 *     yield* work(job);
 *   });
 * }
 * ```
 *
 * @example Good
 * ```ts ignore
 * for (const job of jobs) spawn(work, job);
 * ```
 */
export const noGeneratorInLoop: Deno.lint.Rule = rule((context) => {
  const found: { fn: Deno.lint.FunctionExpression; call: Call; loop: Loop }[] = [];
  const waits: Wait[] = [];
  const addWait = (node: Wait) => {
    waits.push(node);
  };
  return {
    YieldExpression: addWait,
    AwaitExpression: addWait,
    FunctionExpression(fn) {
      const call = parentOf(fn);
      if (!fn.generator || !isCall(call) || !spawns(call)) return;
      const loop = loopAround(call);
      if (loop !== null && !isShort(loop)) found.push({ fn, call, loop });
    },
    "Program:exit"() {
      for (const { fn, call, loop } of found) {
        if (waits.some((wait) => isTurn(wait, loop) && wait.argument !== call)) continue;
        context.report({
          node: fn,
          message:
            "Each turn of this loop makes another generator function, which costs more than " +
            "the spawn",
          hint: "Write the function once, outside, and pass it what it needs: `spawn(work, job)`",
        });
      }
    },
  };
});

type Wait = Deno.lint.YieldExpression | Deno.lint.AwaitExpression;
type Call = Deno.lint.CallExpression | Deno.lint.NewExpression;
type Loop =
  | Deno.lint.ForStatement
  | Deno.lint.ForOfStatement
  | Deno.lint.ForInStatement
  | Deno.lint.WhileStatement
  | Deno.lint.DoWhileStatement;

function isCall(node: Node | null): node is Call {
  return node?.type === "CallExpression" || node?.type === "NewExpression";
}

/** Whether `call` starts a greenlet of a function that it is given. */
function spawns({ type, callee }: Call): boolean {
  const api = apiName(callee);
  if (type === "NewExpression") return api === "Greenlet";
  if (api !== null) return /^spawn(?:Later|With)?$/.test(api);
  return callee.type === "MemberExpression" &&
    /^(?:applyAsync|spawn)$/.test(memberName(callee) ?? "") &&
    /^(?:Group|Pool|Scope)$/.test(shapeOf(callee.object));
}

/** The innermost loop that runs `call` again and again. */
function loopAround(call: Node): Loop | null {
  let inside = call;
  for (let around = parentOf(call); around !== null; around = parentOf(around)) {
    switch (around.type) {
      case "ForStatement":
        if (around.init !== inside) return around;
        break;
      case "ForOfStatement":
      case "ForInStatement":
        if (around.right !== inside) return around;
        break;
      case "WhileStatement":
      case "DoWhileStatement":
        return around;
    }
    if (isFunction(around)) return null;
    inside = around;
  }
  return null;
}

/** How many turns are so few that nobody can measure what they cost. */
const FEW = 100;

/** Whether a loop ends after a few turns, as far as one can see. */
function isShort(loop: Loop): boolean {
  if (loop.type === "ForOfStatement") return isFew(loop.right);
  return loop.type === "ForStatement" && loop.test?.type === "BinaryExpression" &&
    (isSmall(loop.test.left) || isSmall(loop.test.right));
}

/** Whether a number is written out, here or in a constant, and small. */
function isSmall(node: Node): boolean {
  const value = constant(node);
  return value.type === "Literal" && typeof value.value === "number" && value.value <= FEW;
}

/** Whether `node` is a list that is written out, or made of one, or of a small `length`. */
function isFew(node: Node): boolean {
  const value = constant(node);
  switch (value.type) {
    case "ArrayExpression":
      return value.elements.every((each) => each.type !== "SpreadElement" || isFew(each.argument));
    case "ObjectExpression":
      return value.properties.every((each) =>
        each.type === "Property" && (!isLength(each.key) || isSmall(each.value))
      );
    case "CallExpression": {
      const { callee } = value;
      if (callee.type !== "MemberExpression") return false;
      const { object } = callee;
      const list = object.type === "Identifier" && /^(?:Array|Object)$/.test(object.name)
        ? value.arguments[0]
        : object;
      return list !== undefined && isFew(list);
    }
    default:
      return false;
  }
}

function isLength(key: Node): boolean {
  return key.type === "Identifier" && key.name === "length";
}

/** What `node` stands for: what the constant was set to that it names, or itself. */
function constant(node: Node): Node {
  if (node.type === "TSAsExpression") return constant(node.expression);
  const declaration = node.type === "Identifier" ? declarationOf(node) : null;
  const declarator = declaration && parentOf(declaration);
  const known = declarator?.type === "VariableDeclarator" && declarator.id === declaration &&
    declarator.parent.kind === "const";
  return known && declarator.init ? constant(declarator.init) : node;
}

/** Whether each turn of `loop` waits in `wait`. */
function isTurn(wait: Wait, loop: Loop): boolean {
  return contains(loop.body, wait) && functionAround(wait) === functionAround(loop);
}

function contains(outer: Node, inner: Node): boolean {
  return outer.range[0] <= inner.range[0] && inner.range[1] <= outer.range[1];
}
