// Copyright 2026 the Tendril authors. MIT license.
/**
 * Fails when a relative link in a Markdown file leads to a file that is not there, or to a heading that
 * the file does not have. Links to other sites are not followed.
 *
 * @module
 */
import { fileURLToPath } from "node:url";

/** A link as written, and where. */
export interface Link {
  readonly target: string;
  readonly line: number;
}

/** The lines of a page without its code blocks. */
function prose(page: string): string[] {
  let fence: string | null = null;
  return page.split("\n").map((line) => {
    const mark = line.match(/^\s*(`{3,}|~{3,})/)?.[1];
    if (fence === null && mark === undefined) return line;
    if (fence === null) fence = mark!;
    else if (mark !== undefined && mark.startsWith(fence)) fence = null;
    return "";
  });
}

/** The links of a page, images among them, wherever they lead. */
export function linksOf(page: string): Link[] {
  return prose(page).flatMap((text, index) => {
    const line = text.replaceAll(/`[^`]*`/g, "");
    const inline = line.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g);
    const defined = line.matchAll(/^\s{0,3}\[[^\]]+\]:\s*(\S+)/g);
    return [...inline, ...defined].map((match) => ({ target: match[1]!, line: index + 1 }));
  });
}

/** What a heading is called in a link to it, as GitHub makes it. */
function slug(heading: string): string {
  return heading.toLowerCase().replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "").trim().replaceAll(/\s/g, "-");
}

/** The anchors of a page: its headings, the second of the same name with `-1`, and HTML ids. */
export function anchorsOf(page: string): Set<string> {
  const anchors = new Set<string>();
  for (const line of prose(page)) {
    for (const match of line.matchAll(/\b(?:id|name)="([^"]+)"/g)) anchors.add(match[1]!);
    const heading = line.match(/^#{1,6}\s+(.*?)\s*#*$/)?.[1];
    if (heading === undefined) continue;
    const name = slug(heading);
    let unique = name;
    for (let n = 1; anchors.has(unique); n++) unique = `${name}-${n}`;
    anchors.add(unique);
  }
  return anchors;
}

/** The Markdown files below a folder. */
async function* pagesIn(folder: URL): AsyncGenerator<URL> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (name === "node_modules" || name === ".git") continue;
    if (isDirectory) yield* pagesIn(new URL(`${name}/`, folder));
    else if (name.endsWith(".md")) yield new URL(name, folder);
  }
}

/** One sentence for each link that leads nowhere, and how many there are. */
export async function checkLinks(root: URL): Promise<{ problems: string[]; count: number }> {
  const problems: string[] = [];
  let count = 0;
  for await (const url of pagesIn(root)) {
    const page = await Deno.readTextFile(url);
    for (const { target, line } of linksOf(page)) {
      if (/^[a-z][a-z\d+.-]*:/i.test(target)) continue;
      count++;
      const problem = await problemOf(new URL(target, url), url, page);
      if (problem === null) continue;
      problems.push(`${fileURLToPath(url).slice(fileURLToPath(root).length)}:${line}: ${problem}`);
    }
  }
  return { problems: problems.sort(), count };
}

async function problemOf(to: URL, from: URL, page: string): Promise<string | null> {
  const anchor = decodeURIComponent(to.hash.slice(1));
  to.hash = "";
  const name = decodeURIComponent(to.pathname.split("/").at(-1)!);
  if (to.href !== from.href) {
    const there = await Deno.stat(to).catch(() => null);
    if (there === null) return `there is no ${name}`;
    if (anchor === "" || there.isDirectory || !name.endsWith(".md")) return null;
    page = await Deno.readTextFile(to);
  }
  if (anchor === "" || anchorsOf(page).has(anchor)) return null;
  return `${name} has no heading #${anchor}`;
}

if (import.meta.main) {
  const { problems, count } = await checkLinks(new URL("../../", import.meta.url));
  problems.forEach((problem) => console.error(problem));
  if (problems.length > 0) Deno.exit(1);
  console.log(`${count} links lead somewhere`);
}
