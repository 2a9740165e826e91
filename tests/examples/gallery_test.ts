// Copyright 2026 the Tendril authors. MIT license.
// The gallery as a whole: every program is in the index, has a task and a test of what it prints.

import { assert, assertEquals } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { permissionsOf, ROOT } from "./program.ts";

const CHAPTERS = [
  "coroutines",
  "greenlets",
  "gevent",
  "threads",
  "queues",
  "synchronisation",
  "scheduling",
  "workers",
  "pools",
  "sockets",
  "applications",
];
const LONGEST = 60;

/** A row of the index. */
interface Entry {
  theirs: string[];
  name: string;
  path: string;
  teaches: string;
}

const ROW = /^\| ([^|]*?) *\| \[(\w+)\]\((\S+)\) *\| (.+?) *\|$/gm;
const readme = Deno.readTextFileSync(new URL("examples/README.md", ROOT));
const index: Entry[] = Array.from(
  readme.matchAll(ROW),
  ([, theirs, name, path, teaches]) => ({
    theirs: theirs === "" ? [] : theirs!.split(", "),
    name: name!,
    path: path!,
    teaches: teaches!,
  }),
);

const files = CHAPTERS.flatMap((chapter) =>
  Array.from(
    Deno.readDirSync(new URL(`examples/${chapter}`, ROOT)),
    ({ name }) => `${chapter}/${name}`,
  )
);
const programs = files.filter((file) => permissionsOf(file) !== undefined).sort();

Deno.test("gallery: there is nothing in the folder but chapters, the index and the flagship", () => {
  const names = Array.from(Deno.readDirSync(new URL("examples", ROOT)), ({ name }) => name);
  assertEquals(names.sort(), [...CHAPTERS, "README.md", "download", "main.ts"].sort());
});

Deno.test("gallery: every file is a program, or belongs to a main.ts beside it", () => {
  const others = files.filter((file) => !programs.includes(file));
  for (const file of others) {
    const main = file.replace(/[^/]+$/, "main.ts");
    assert(programs.includes(main), `${file} does not begin with "#!", and there is no ${main}`);
  }
});

Deno.test("gallery: the index has every program once, under a name of its own", () => {
  assertEquals(index.map(({ path }) => path).sort(), programs);
  assertEquals(new Set(index.map(({ name }) => name)).size, index.length);
  for (const { name, path } of index) assertEquals(name, nameOf(path));
});

/** The name of a program: that of its file, or of its folder. */
function nameOf(path: string): string {
  const [folder, file] = path.split("/");
  return file === "main.ts" ? folder! : file!.replace(".ts", "");
}

Deno.test("gallery: the index has every program of each tutorial once", () => {
  const theirs = index.flatMap((entry) => entry.theirs);
  for (const [letter, count] of Object.entries({ A: 17, B: 13, C: 21, D: 26, E: 35 })) {
    const numbers = theirs.filter((each) => each.startsWith(letter)).map((each) => each.slice(1));
    const all = Array.from({ length: count }, (_, i) => i + 1);
    assertEquals(numbers.map(Number).sort((a, b) => a - b), all, `tutorial ${letter}`);
  }
});

Deno.test("gallery: no program is longer than a screen or two", () => {
  for (const path of programs) {
    const source = Deno.readTextFileSync(new URL(`examples/${path}`, ROOT));
    const lines = source.trimEnd().split("\n").length;
    assert(lines <= LONGEST, `${path} has ${lines} lines: make it ${LONGEST} or fewer`);
  }
});

Deno.test("gallery: each program has a test of what it prints", () => {
  const folder = new URL("tests/examples/", ROOT);
  const tests = Array.from(Deno.readDirSync(folder), ({ name }) => name)
    .filter((name) => name.endsWith("_test.ts"))
    .map((name) => Deno.readTextFileSync(new URL(name, folder))).join("");
  const run = (path: string) =>
    ["linesOf(", "outputOf(", "new RunningProgram("].some((call) =>
      tests.includes(`${call}"${path}"`)
    );
  assertEquals(programs.filter((path) => !run(path)), []);
});

Deno.test("gallery: deno.json has a task for each program, with its permissions", () => {
  const commands = index.map(({ name, path }) => [
    `example:${name}`,
    ["deno run", ...permissionsOf(path)!, `examples/${path}`].join(" "),
  ]);
  const tasks = Object.entries(config.tasks).filter(([name]) => name.startsWith("example:"));
  assertEquals<unknown>(tasks, commands);
});

Deno.test("gallery: `deno task example --list` lists them all", async () => {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "example", "--list"],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stderr: "null",
  }).output();
  assertEquals(code, 0);
  const lines = new TextDecoder().decode(stdout).split("\n");
  assertEquals(
    lines.filter((line) => line.startsWith("deno task ")),
    index.map(({ name, teaches }) => `deno task example:${name.padEnd(20)} ${teaches}`),
  );
});
