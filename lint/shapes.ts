// Copyright 2026 the Tendril authors. MIT license.
/**
 * What an expression is, as far as one file tells: where its value was made, or what its type is said
 * to be. The answers are the shapes of calls.ts; when in doubt it is "", and no rule speaks.
 *
 * @module
 */
import { FUNCTIONS, METHODS, PROPERTIES } from "./calls.ts";
import {
  apiName,
  declarationOf,
  type FunctionNode,
  isFunction,
  type Node,
  parentOf,
} from "./names.ts";

/** "Op" of "Op<Lease>". */
export function kindOf(shape: string): string {
  const bracket = shape.indexOf("<");
  return bracket < 0 ? shape : shape.slice(0, bracket);
}

/** What consuming a shape gives: "Lease" of "Op<Lease>". */
function resultOf(shape: string): string {
  return /^\w+<(.*)>$/.exec(shape)?.[1] ?? "";
}

/** What a shape is an array of. */
function elementOf(shape: string): string {
  return shape.endsWith("[]") ? shape.slice(0, -2) : "";
}

function arrayOf(shape: string): string {
  return shape === "" || shape.includes("|") ? "" : `${shape}[]`;
}

/** What the table says of a member of each class that `shape` names; "" if they differ. */
function lookUp(table: typeof METHODS, shape: string, member: string): string {
  const found = shape.split("|").map((name) => {
    const members = Object.hasOwn(table, name) ? table[name]! : {};
    return Object.hasOwn(members, member) ? members[member]! : "";
  });
  return found.every((each) => each === found[0]) ? found[0]! : "";
}

const known = new WeakMap<Node, string>();

/** The shape of an expression. */
export function shapeOf(node: Node | null | undefined): string {
  if (!node) return "";
  let shape = known.get(node);
  if (shape === undefined) {
    known.set(node, ""); // for what refers to itself
    shape = infer(node);
    known.set(node, shape);
  }
  return shape;
}

function infer(node: Node): string {
  switch (node.type) {
    case "Identifier": {
      const declaration = declarationOf(node);
      return declaration === null ? "" : shapeOfName(declaration);
    }
    case "NewExpression": {
      const name = apiName(node.callee);
      return name !== null && Object.hasOwn(METHODS, name) ? name : "";
    }
    case "CallExpression":
      return shapeOfCall(node);
    case "MemberExpression":
      return shapeOfMember(node);
    case "YieldExpression":
      return node.delegate ? resultOf(shapeOf(node.argument)) : "";
    case "AwaitExpression":
      return resultOf(shapeOf(node.argument));
    case "ArrayExpression":
      return node.elements.length === 0 ? "" : arrayOf(agreed(node.elements.map(shapeOf)));
    case "ConditionalExpression":
      return agreed([shapeOf(node.consequent), shapeOf(node.alternate)]);
    case "AssignmentExpression":
      return node.operator === "=" ? shapeOf(node.right) : "";
    case "ChainExpression":
    case "TSNonNullExpression":
    case "TSSatisfiesExpression":
      return shapeOf(node.expression);
    case "TSAsExpression":
    case "TSTypeAssertion":
      return shapeOfType(node.typeAnnotation);
    default:
      return "";
  }
}

function agreed(shapes: string[]): string {
  return shapes.every((shape) => shape === shapes[0]) ? shapes[0]! : "";
}

/** The name of a member that is written out: `a.b` or `a.#b`. */
export function memberName(node: Node): string | null {
  if (node.type !== "MemberExpression" || node.computed) return null;
  const { property } = node;
  if (property.type === "PrivateIdentifier") return `#${property.name}`;
  return property.type === "Identifier" ? property.name : null;
}

/** What is called; Deno wraps it when it holds a `?.`. */
export function calleeOf({ callee }: Deno.lint.CallExpression): Deno.lint.Expression {
  return callee.type === "ChainExpression" ? callee.expression : callee;
}

function shapeOfCall(call: Deno.lint.CallExpression): string {
  const callee = calleeOf(call);
  const api = apiName(callee);
  if (api !== null) return Object.hasOwn(FUNCTIONS, api) ? FUNCTIONS[api]! : "";
  if (callee.type === "Identifier") return returned(functionNamed(callee));
  const method = memberName(callee);
  if (callee.type !== "MemberExpression" || method === null) return "";
  if (callee.object.type === "ThisExpression") {
    const member = memberOfThis(callee.object, method);
    return member?.type === "MethodDefinition" && member.kind === "method" &&
        isFunction(member.value)
      ? returned(member.value)
      : "";
  }
  return lookUp(METHODS, shapeOf(callee.object), method) || shapeOfList(method, call.arguments);
}

/** What `list.map(fn)` and `Array.from(list, fn)` give. */
function shapeOfList(method: string, args: Node[]): string {
  const fn = args.at(-1);
  const maps = method === "map" && args.length === 1 || method === "from" && args.length === 2;
  return maps && isFunction(fn) ? arrayOf(returned(fn)) : "";
}

/** The function that a name was declared as, if its declaration shows it. */
export function functionNamed(name: Deno.lint.Identifier): FunctionNode | null {
  const declaration = declarationOf(name);
  const parent = declaration === null ? null : parentOf(declaration);
  if (parent?.type === "FunctionDeclaration" && parent.id === declaration) return parent;
  if (parent?.type !== "VariableDeclarator" || parent.id !== declaration) return null;
  return parent.parent.kind === "const" && isFunction(parent.init) ? parent.init : null;
}

/** What a call of `fn` gives. */
function returned(fn: FunctionNode | null): string {
  if (fn === null || fn.async) return "";
  if (fn.returnType) return shapeOfType(fn.returnType);
  if (fn.generator) return "Generator";
  return fn.body?.type === "BlockStatement" ? "" : shapeOf(fn.body);
}

function shapeOfMember(node: Deno.lint.MemberExpression): string {
  const name = memberName(node);
  if (name === null) {
    const { property } = node;
    return property.type === "Literal" && typeof property.value === "string"
      ? ""
      : elementOf(shapeOf(node.object));
  }
  if (node.object.type === "ThisExpression") {
    const member = memberOfThis(node.object, name);
    if (member?.type === "PropertyDefinition") {
      return member.typeAnnotation ? shapeOfType(member.typeAnnotation) : shapeOf(member.value);
    }
    return member?.type === "TSParameterProperty" ? shapeOfParameter(member.parameter) : "";
  }
  return lookUp(PROPERTIES, shapeOf(node.object), name);
}

/** A declared member of a class. */
export type Member =
  | Deno.lint.MethodDefinition
  | Deno.lint.PropertyDefinition
  | Deno.lint.TSParameterProperty;

/** What `this.name` is in the class around, if that declares it. */
export function memberOfThis(node: Node, name: string): Member | undefined {
  let inside: Node = node;
  let around = parentOf(node);
  while (around !== null && around.type !== "ClassBody") {
    // Any other function has a `this` of its own.
    const plain = around.type === "FunctionExpression" || around.type === "FunctionDeclaration";
    if (plain && parentOf(around)?.type !== "MethodDefinition") return undefined;
    inside = around;
    around = parentOf(around);
  }
  if (around === null) return undefined;
  const isStatic = "static" in inside && inside.static;
  for (const member of around.body) {
    if (member.type !== "MethodDefinition" && member.type !== "PropertyDefinition") continue;
    if (!isStatic && member.type === "MethodDefinition" && member.kind === "constructor") {
      const found = member.value.params.find((each) =>
        each.type === "TSParameterProperty" && parameterName(each.parameter) === name
      );
      if (found?.type === "TSParameterProperty") return found;
    }
    const { key } = member;
    const keyName = key.type === "PrivateIdentifier"
      ? `#${key.name}`
      : key.type === "Identifier" && !member.computed
      ? key.name
      : null;
    if (keyName === name && member.static === isStatic) return member;
  }
  return undefined;
}

function parameterName(node: Node): string | null {
  if (node.type === "AssignmentPattern") return parameterName(node.left);
  return node.type === "Identifier" ? node.name : null;
}

/** The shape of what is declared by the identifier `name`. */
function shapeOfName(name: Deno.lint.Identifier): string {
  if (name.typeAnnotation) return shapeOfType(name.typeAnnotation);
  const parent = parentOf(name);
  switch (parent?.type) {
    case "VariableDeclarator": {
      if (parent.init) return shapeOf(parent.init);
      const loop = parent.parent.parent;
      return loop.type === "ForOfStatement" && !loop.await ? elementOf(shapeOf(loop.right)) : "";
    }
    case "ArrayPattern":
      return shapeOfElement(parent, parent.elements.indexOf(name));
    case "AssignmentPattern":
    case "RestElement":
      return isFunction(parentOf(parent)) ? shapeOfParameter(parent) : "";
    case "FunctionDeclaration":
    case "FunctionExpression":
    case "ArrowFunctionExpression":
      return parent.params[0] === name ? givenTo(parent) : "";
    default:
      return "";
  }
}

function shapeOfElement(pattern: Deno.lint.ArrayPattern, index: number): string {
  const declarator = parentOf(pattern);
  if (declarator?.type !== "VariableDeclarator" || declarator.id !== pattern) return "";
  const { init } = declarator;
  if (init?.type === "ArrayExpression") return shapeOf(init.elements[index]);
  return elementOf(shapeOf(init));
}

function shapeOfParameter(node: Node): string {
  switch (node.type) {
    case "AssignmentPattern":
      if (node.left.type !== "Identifier") return "";
      return node.left.typeAnnotation ? shapeOfType(node.left.typeAnnotation) : shapeOf(node.right);
    case "RestElement":
      return shapeOfType(node.typeAnnotation);
    case "Identifier":
      return shapeOfType(node.typeAnnotation);
    default:
      return "";
  }
}

const ITERATION = /^(?:every|filter|find|findLast|flatMap|forEach|map|some)$/;
const LINK = /^link(?:Value|Exception)?$/;

/** What a function is called with by whom it is passed to. */
function givenTo(fn: FunctionNode): string {
  const call = parentOf(fn);
  if (call?.type !== "CallExpression" || call.arguments[0] !== fn) return "";
  const callee = calleeOf(call);
  if (apiName(callee) === "scope") return "Scope";
  const method = memberName(callee);
  if (method === null || callee.type !== "MemberExpression") return "";
  const subject = shapeOf(callee.object);
  if (LINK.test(method) && subject === "Greenlet") return subject;
  return ITERATION.test(method) ? elementOf(subject) : "";
}

const ARRAYS = /^(?:Array|Iterable|IterableIterator|ReadonlyArray)$/;

/** The shape that a type says. */
export function shapeOfType(type: Node | null | undefined): string {
  switch (type?.type) {
    case "TSTypeAnnotation":
      return shapeOfType(type.typeAnnotation);
    case "TSArrayType":
      return arrayOf(shapeOfType(type.elementType));
    case "TSTypeOperator":
      return type.operator === "readonly" ? shapeOfType(type.typeAnnotation) : "";
    case "TSUnionType": {
      const types = type.types.filter(({ type }) =>
        type !== "TSUndefinedKeyword" && type !== "TSNullKeyword"
      ).map(shapeOfType);
      return types.includes("") ? "" : types.join("|");
    }
    case "TSTypeReference":
      return shapeOfReference(type);
    default:
      return "";
  }
}

function shapeOfReference({ typeName, typeArguments }: Deno.lint.TSTypeReference): string {
  const argument = shapeOfType(typeArguments?.params[0]);
  const name = apiName(typeName);
  if (name !== null && Object.hasOwn(METHODS, name)) return name;
  if (name === "Op" || name === "Coroutine" || name === "io.IoPromise") {
    const kind = name === "io.IoPromise" ? "Io" : name;
    return argument === "" ? kind : `${kind}<${argument}>`;
  }
  const global = typeName.type === "Identifier" && declarationOf(typeName) === null;
  return global && ARRAYS.test(typeName.name) ? arrayOf(argument) : "";
}
