// Copyright 2026 the Tendril authors. MIT license.
/**
 * What names stand for: the declaration in the nearest scope, and whether that is an import from
 * Tendril. Nothing is walked in advance: a scope is read when somebody asks for a name in it.
 *
 * @module
 */

/** Any node; Deno's own union lacks the parameters that are properties of a class, too. */
export type Node = Deno.lint.Node | Deno.lint.TSParameterProperty;

/** A function of any form. */
export type FunctionNode =
  | Deno.lint.FunctionDeclaration
  | Deno.lint.FunctionExpression
  | Deno.lint.ArrowFunctionExpression;

/** Whether `node` is a function that has a body. */
export function isFunction(node: Node | null | undefined): node is FunctionNode {
  return node?.type === "FunctionExpression" || node?.type === "ArrowFunctionExpression" ||
    node?.type === "FunctionDeclaration";
}

/** The node around `node`; null for the program. */
export function parentOf(node: Node): Node | null {
  return "parent" in node ? node.parent as Node | null : null;
}

const scopes = new WeakMap<Node, Map<string, Deno.lint.Identifier>>();

/** The names that `scope` declares itself. */
function namesIn(scope: Node): Map<string, Deno.lint.Identifier> {
  let names = scopes.get(scope);
  if (names === undefined) {
    names = new Map();
    declareAll(scope, names);
    scopes.set(scope, names);
  }
  return names;
}

function declareAll(scope: Node, names: Map<string, Deno.lint.Identifier>): void {
  switch (scope.type) {
    case "Program":
    case "BlockStatement":
    case "TSModuleBlock":
      scope.body.forEach((statement) => declare(statement, names));
      break;
    case "SwitchStatement":
      scope.cases.forEach((each) => each.consequent.forEach((node) => declare(node, names)));
      break;
    case "FunctionDeclaration":
    case "FunctionExpression":
    case "ArrowFunctionExpression":
      // The parameters come last, because they hide the name of the function itself.
      declare(scope.id, names);
      scope.params.forEach((parameter) => declare(parameter, names));
      break;
    case "ClassExpression":
      declare(scope.id, names);
      break;
    case "ForStatement":
      if (scope.init?.type === "VariableDeclaration") declare(scope.init, names);
      break;
    case "ForOfStatement":
    case "ForInStatement":
      if (scope.left.type === "VariableDeclaration") declare(scope.left, names);
      break;
    case "CatchClause":
      declare(scope.param, names);
      break;
  }
}

/** Adds what a statement or a pattern declares. */
function declare(node: Node | null | undefined, names: Map<string, Deno.lint.Identifier>): void {
  switch (node?.type) {
    case "Identifier":
      names.set(node.name, node);
      break;
    case "VariableDeclaration":
      node.declarations.forEach((each) => declare(each.id, names));
      break;
    case "FunctionDeclaration":
    case "ClassDeclaration":
    case "TSInterfaceDeclaration":
    case "TSTypeAliasDeclaration":
    case "TSEnumDeclaration":
      declare(node.id, names);
      break;
    case "ImportDeclaration":
      node.specifiers.forEach(({ local }) => declare(local, names));
      break;
    case "ExportNamedDeclaration":
      declare(node.declaration, names);
      break;
    case "ExportDefaultDeclaration": // may be an expression, which declares nothing
      if (/Declaration$/.test(node.declaration.type)) declare(node.declaration, names);
      break;
    case "ArrayPattern": // Deno 2.9 leaves out what comes after a hole
      node.elements.forEach((each) => declare(each, names));
      break;
    case "ObjectPattern":
      node.properties.forEach((each) =>
        declare(each.type === "Property" ? each.value : each, names)
      );
      break;
    case "AssignmentPattern":
      declare(node.left, names);
      break;
    case "RestElement":
      declare(node.argument, names);
      break;
    case "TSParameterProperty":
      declare(node.parameter, names);
      break;
  }
}

/** Where what `name` names is declared; null for a global. */
export function declarationOf(name: Deno.lint.Identifier): Deno.lint.Identifier | null {
  for (let scope = parentOf(name); scope !== null; scope = parentOf(scope)) {
    const found = namesIn(scope).get(name.name);
    if (found !== undefined) return found;
  }
  return null;
}

const TENDRIL = /(?:^|[:/])@tendril\/tendril(?:@[^/]+)?(?:$|\/(\w*))/;

/** The entry point that `specifier` imports, "" for the main one; null for another package. */
function entryPoint(specifier: string): string | null {
  const match = TENDRIL.exec(specifier);
  return match === null ? null : match[1] ?? "";
}

/** Whether a file imports anything from Tendril. */
export function importsTendril(program: Deno.lint.Program): boolean {
  return program.body.some((node) =>
    node.type === "ImportDeclaration" && entryPoint(node.source.value) !== null
  );
}

/** What names of `@tendril/tendril/io` begin with: some are also names in `@tendril/tendril`. */
const IO = "io.";

/**
 * The name under which Tendril exports what an expression or a type names, such as "sleep" or
 * "io.fetch"; null if that is something else.
 */
export function apiName(node: Node): string | null {
  let qualifier: Node | null = null;
  let name: Node = node;
  if (node.type === "MemberExpression" && !node.computed) {
    [qualifier, name] = [node.object, node.property];
  } else if (node.type === "TSQualifiedName") [qualifier, name] = [node.left, node.right];
  if (name.type !== "Identifier") return null;
  if (qualifier !== null && qualifier.type !== "Identifier") return null;
  const declaration = declarationOf(qualifier ?? name);
  const specifier = declaration && parentOf(declaration);
  const wanted = qualifier === null ? "ImportSpecifier" : "ImportNamespaceSpecifier";
  if (specifier?.type !== wanted || specifier.parent.type !== "ImportDeclaration") return null;
  const entry = entryPoint(specifier.parent.source.value);
  if (entry === null) return null;
  const exported = specifier.type === "ImportSpecifier" ? specifier.imported : name;
  const text = exported.type === "Identifier" ? exported.name : exported.value;
  return entry === "io" ? IO + text : text;
}
