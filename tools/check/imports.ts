// Copyright 2026 the Tendril authors. MIT license.
/**
 * Fails when shipped code imports upwards or in a circle, or anything but itself, `@std/*` and
 * `node:` modules; runtime/otel/ may import the API it is for. Type-only imports count.
 *
 * @module
 */

/** From the bottom to the top; a file belongs to the layer with the longest name it starts with. */
const LAYERS = [
  ["lint/"],
  ["body", "clock", "debug", "errors", "events", "family", "fiber", "op", "ready_queue"].map(
    (name) => `runtime/${name}.ts`,
  ),
  ["runtime/trampoline.ts"],
  ["runtime/hub.ts"],
  ["async_frame", "join", "main_switch", "report", "switch", "timeout"].map((name) =>
    `runtime/${name}.ts`
  ),
  ["runtime/raw_greenlet.ts"],
  ["runtime/greenlet.ts"],
  ["runtime/"],
  ["channels/"],
  ["runtime/io/"],
  ["runtime/monkey", "runtime/parallel/", "runtime/testing/"],
  ["mod.ts"],
];

/** Shipped files and what each imports, as written. */
export type ImportGraph = Map<string, string[]>;

/** One sentence for each import that is not allowed. */
export function violations(graph: ImportGraph): string[] {
  const found: string[] = [];
  const edges = new Map<string, string[]>();
  for (const [file, specifiers] of graph) {
    const targets: string[] = [];
    edges.set(file, targets);
    for (const specifier of specifiers) {
      if (/^(@std\/|node:)/.test(specifier)) continue;
      if (specifier === "@opentelemetry/api" && file.startsWith("runtime/otel/")) continue;
      const target = resolve(specifier, file);
      if (!graph.has(target)) {
        found.push(`${file} imports "${specifier}", which is not shipped`);
        continue;
      }
      targets.push(target);
      if (layerOf(target) > layerOf(file)) found.push(`${file} imports upwards: ${target}`);
    }
  }
  for (const cycle of cycles(edges)) found.push(`Circular import: ${cycle.join(" -> ")}`);
  return found;
}

function resolve(specifier: string, from: string): string {
  return specifier.startsWith(".") ? new URL(specifier, `file:///${from}`).pathname.slice(1) : "";
}

function layerOf(file: string): number {
  let layer = -1;
  let longest = 0;
  LAYERS.forEach((names, index) => {
    for (const name of names) {
      if (!file.startsWith(name) || name.length <= longest) continue;
      layer = index;
      longest = name.length;
    }
  });
  return layer;
}

/** One cycle for each import that closes one in a depth-first walk. */
function cycles(edges: Map<string, string[]>): string[][] {
  const found: string[][] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): void => {
    const start = path.indexOf(file);
    if (start >= 0) found.push([...path.slice(start), file]);
    if (start >= 0 || done.has(file)) return;
    path.push(file);
    edges.get(file)?.forEach(visit);
    path.pop();
    done.add(file);
  };
  for (const file of edges.keys()) visit(file);
  return found;
}

/** The specifiers that a source file imports; lines of comments are passed over. */
export function importsOf(source: string): string[] {
  const code = source.replaceAll(/^\s*(\*|\/\/).*$/gm, "");
  const forms = [
    /^(?:import|export)\b[^"';]*\bfrom\s*["']([^"']+)["']/gm,
    /^import\s*["']([^"']+)["']/gm,
    /\bimport\(\s*["']([^"']+)["']/g,
  ];
  return forms.flatMap((form) => Array.from(code.matchAll(form), (match) => match[1]!));
}

/** Reads `mod.ts`, `runtime/`, `channels/` and `lint/` below `root`. */
export async function readGraph(root: URL): Promise<ImportGraph> {
  const graph: ImportGraph = new Map();
  const read = async (file: string) => {
    graph.set(file, importsOf(await Deno.readTextFile(new URL(file, root))));
  };
  const walk = async (folder: string) => {
    for await (const { name, isDirectory } of Deno.readDir(new URL(folder, root))) {
      if (isDirectory) await walk(`${folder}${name}/`);
      else if (name.endsWith(".ts")) await read(`${folder}${name}`);
    }
  };
  await read("mod.ts");
  for await (const { name, isDirectory } of Deno.readDir(root)) {
    if (isDirectory && /^(runtime|channels|lint)$/.test(name)) await walk(`${name}/`);
  }
  return graph;
}

if (import.meta.main) {
  const graph = await readGraph(new URL("../../", import.meta.url));
  const found = violations(graph);
  found.forEach((line) => console.error(line));
  if (found.length > 0) Deno.exit(1);
  console.log(`Imports of ${graph.size} files point one way`);
}
