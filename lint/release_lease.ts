// Copyright 2026 the Tendril authors. MIT license.
/**
 * The rule against locks that are never released.
 *
 * Candidates are gathered on the way, and judged at the end of the file, when every use of the lock
 * and of the lease has been seen.
 *
 * @module
 */
import { declarationOf, isFunction, type Node, parentOf } from "./names.ts";
import { rule } from "./places.ts";
import { calleeOf, memberName, memberOfThis, shapeOf } from "./shapes.ts";

/**
 * `tendril/release-lease`: a lock that is acquired and never released, so that whoever wants it next
 * waits for ever. It speaks only when the whole file shows the lock, and nothing in it releases the
 * lock or hands it to code elsewhere that might.
 *
 * @example Bad
 * ```ts ignore
 * const lock = new Lock();
 * function* work() {
 *   yield* lock.acquire();
 *   yield* update();
 * }
 * ```
 *
 * @example Good
 * ```ts ignore
 * const lock = new Lock();
 * function* work() {
 *   using _ = yield* lock.acquire();
 *   yield* update();
 * }
 * ```
 */
export const releaseLease: Deno.lint.Rule = rule((context) => {
  const found: Acquisition[] = [];
  const uses: Uses = { names: new Map(), members: new Map() };
  const look = (node: Expression) => {
    const acquisition = acquisitionOf(node);
    if (acquisition !== null) found.push(acquisition);
  };
  return {
    YieldExpression: look,
    AwaitExpression: look,
    CallExpression: look,
    Identifier: (node) => add(uses.names, node.name, node),
    MemberExpression: (node) => add(uses.members, memberName(node) ?? "", node),
    "Program:exit"() {
      for (const { node, lock, holder } of found) {
        if (isReleased(lock, uses) || holder !== null && isUsed(holder, uses)) continue;
        const variable = holder?.name ?? `_${lock.name}`;
        const free = holder !== null || !uses.names.has(variable);
        if (holder === null) uses.names.set(variable, []); // taken, once it is mended
        context.report({
          node,
          message: `Nothing releases "${lock.name}", so whoever wants it next waits for ever`,
          hint: `Write \`using ${variable} = …\`, or release it in \`finally\``,
          fix: (fixer) => {
            if (!free) return [];
            if (holder !== null) return useHolder(holder, fixer);
            return isInBody(parentOf(node)!)
              ? fixer.insertTextBefore(node, `using ${variable} = `)
              : [];
          },
        });
      }
    },
  };
});

/** Whether the block of a statement is that of a function, so that `using` holds to its end. */
function isInBody(statement: Node): boolean {
  const block = parentOf(statement);
  return block !== null && isFunction(parentOf(block));
}

/** Makes `using lease` of `const lease`. */
function useHolder(holder: Deno.lint.Identifier, fixer: Deno.lint.Fixer): Deno.lint.Fix[] {
  const declaration = parentOf(parentOf(holder)!) as Deno.lint.VariableDeclaration;
  const { kind, declarations, range: [start] } = declaration;
  return kind === "const" && declarations.length === 1 && isInBody(declaration)
    ? [fixer.replaceTextRange([start, start + "const".length], "using")]
    : [];
}

type Expression =
  | Deno.lint.YieldExpression
  | Deno.lint.AwaitExpression
  | Deno.lint.CallExpression;

interface Lock {
  /** What it is called: "lock" of `this.#lock`. */
  readonly name: string;
  /** Where it is made. */
  readonly declaration: Deno.lint.Identifier | Deno.lint.PropertyDefinition;
}

interface Acquisition {
  /** The expression that gives the lease. */
  readonly node: Expression;
  readonly lock: Lock;
  /** The variable that holds the lease; null when nothing does. */
  readonly holder: Deno.lint.Identifier | null;
}

/** All names and members in a file. */
interface Uses {
  readonly names: Map<string, Deno.lint.Identifier[]>;
  readonly members: Map<string, Deno.lint.MemberExpression[]>;
}

function add<T>(map: Map<string, T[]>, key: string, node: T): void {
  const nodes = map.get(key);
  if (nodes === undefined) map.set(key, [node]);
  else nodes.push(node);
}

/** What `node` acquires, if its lease is dropped or kept in a variable without `using`. */
function acquisitionOf(node: Expression): Acquisition | null {
  const parent = parentOf(node);
  let holder: Deno.lint.Identifier | null = null;
  if (parent?.type === "VariableDeclarator" && parent.id.type === "Identifier") {
    if (!/^(?:const|let|var)$/.test(parent.parent.kind)) return null;
    holder = parent.id;
  } else if (parent?.type !== "ExpressionStatement") return null;
  if (shapeOf(node) !== "Lease") return null;
  const call = node.type === "CallExpression" ? node : node.argument;
  const callee = call?.type === "CallExpression" ? calleeOf(call) : null;
  const lock = callee?.type === "MemberExpression" ? lockOf(callee.object) : null;
  return lock && { node, lock, holder };
}

/** The lock that an expression names, or has in a property; null if other files may know it. */
function lockOf(node: Node): Lock | null {
  if (node.type === "Identifier") {
    const declaration = declarationOf(node);
    return declaration && isLocal(declaration) ? { name: node.name, declaration } : null;
  }
  if (node.type !== "MemberExpression") return null;
  const name = memberName(node);
  if (node.object.type !== "ThisExpression" || name === null) return lockOf(node.object);
  const declaration = memberOfThis(node, name);
  if (declaration?.type !== "PropertyDefinition" || declaration.value?.type !== "NewExpression") {
    return null;
  }
  const hidden = name.startsWith("#") || declaration.accessibility === "private" ||
    parentOf(declaration.parent.parent)?.type === "Program";
  return hidden ? { name: name.replace("#", ""), declaration } : null;
}

/** Whether a variable is made in this file and cannot be imported by another. */
function isLocal(declaration: Deno.lint.Identifier): boolean {
  const declarator = parentOf(declaration);
  return declarator?.type === "VariableDeclarator" && declarator.init?.type === "NewExpression" &&
    declarator.parent.parent.type !== "ExportNamedDeclaration";
}

/** Whether a lock is released in this file, or goes where one cannot follow it. */
function isReleased({ declaration }: Lock, uses: Uses): boolean {
  if (declaration.type === "Identifier") {
    return uses.names.get(declaration.name)!.some((use) =>
      use !== declaration && declarationOf(use) === declaration && mayRelease(use)
    );
  }
  const { key } = declaration;
  const name = key.type === "PrivateIdentifier"
    ? `#${key.name}`
    : (key as Deno.lint.Identifier).name;
  return uses.members.get(name)!.some(mayRelease);
}

/** Whether a use of a lock is not only a call of another of its methods. */
function mayRelease(use: Node): boolean {
  let node = use;
  let parent = parentOf(node);
  while (parent?.type === "MemberExpression" && parent.object === node) {
    node = parent;
    parent = parentOf(node);
  }
  const name = memberName(node);
  return node === use || name === null || name === "release" || shapeOf(node) !== "";
}

/** Whether something is done with a lease but to look at it. */
function isUsed(holder: Deno.lint.Identifier, uses: Uses): boolean {
  return uses.names.get(holder.name)!.some((use) => {
    if (use === holder || declarationOf(use) !== holder) return false;
    const parent = parentOf(use);
    return !(parent?.type === "BinaryExpression" || parent?.type === "IfStatement" ||
      parent?.type === "UnaryExpression" ||
      parent?.type === "MemberExpression" && memberName(parent) === "released");
  });
}
