// Copyright 2026 the Tendril authors. MIT license.
// The plugin as users run it: `deno lint` in a project of theirs.
import { assertEquals } from "@std/assert";
import plugin from "../../lint/mod.ts";

const BAD = `import { Channel, Lock, sleep, spawn } from "@tendril/tendril";
const lock = new Lock();
const channel = new Channel<number>();
export function* work(jobs: number[]) {
  console.log("héllo, 世界 🎉"); sleep(1);
  yield channel.receive();
  yield* lock.acquire();
  jobs.forEach((job) => channel.send(job));
  sleep(2).then(() => console.log("late"));
  for (const job of jobs) spawn(function* () {});
}
`;

interface Project extends AsyncDisposable {
  /** The rules of Tendril that `deno lint` says were broken, in the order of the lines. */
  lint(...flags: string[]): Promise<string[]>;
  /** The source as it is now. */
  read(): Promise<string>;
}

async function project(source: string, rules: Record<string, string[]> = {}): Promise<Project> {
  const folder = await Deno.makeTempDir();
  const file = `${folder}/main.ts`;
  const lint = { plugins: [import.meta.resolve("../../lint/mod.ts")], rules };
  await Deno.writeTextFile(`${folder}/deno.json`, JSON.stringify({ lint }));
  await Deno.writeTextFile(file, source);
  return {
    async lint(...flags) {
      const { stdout } = await new Deno.Command(Deno.execPath(), {
        args: ["lint", "--json", ...flags],
        cwd: folder,
      }).output();
      const { diagnostics, errors } = JSON.parse(new TextDecoder().decode(stdout));
      assertEquals(errors, []);
      return diagnostics.map(({ code }: { code: string }) => code)
        .filter((code: string) => code.startsWith("tendril/"));
    },
    read: () => Deno.readTextFile(file),
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

Deno.test("deno lint speaks of each rule, with no more than the plugin's name in deno.json", async () => {
  await using mine = await project(BAD);
  assertEquals(await mine.lint(), [
    "tendril/no-lost-op",
    "tendril/yield-star",
    "tendril/release-lease",
    "tendril/no-op-in-callback",
    "tendril/no-await-in-greenlet",
    "tendril/no-generator-in-loop",
  ]);
});

Deno.test("deno lint --fix mends what can be mended, also behind characters of several bytes", async () => {
  await using mine = await project(BAD);
  await mine.lint("--fix");
  assertEquals(
    await mine.read(),
    BAD.replace("sleep(1)", "yield* sleep(1)")
      .replace("yield channel", "yield* channel")
      .replace("yield* lock", "using _lock = yield* lock"),
  );
  assertEquals(await mine.lint(), [
    "tendril/no-op-in-callback",
    "tendril/no-await-in-greenlet",
    "tendril/no-generator-in-loop",
  ]);
});

Deno.test("deno lint passes over rules that deno.json excludes", async () => {
  const exclude = Object.keys(plugin.rules).filter((name) => name !== "no-lost-op");
  await using mine = await project(BAD, { exclude: exclude.map((name) => `tendril/${name}`) });
  assertEquals(await mine.lint(), ["tendril/no-lost-op"]);
});

Deno.test("deno lint passes over lines that say so", async () => {
  const ignore = "// deno-lint-ignore tendril/yield-star\n";
  await using mine = await project(BAD.replace("  yield channel", `${ignore}  yield channel`));
  assertEquals((await mine.lint()).slice(0, 2), ["tendril/no-lost-op", "tendril/release-lease"]);
});

Deno.test("the plugin does not say anything of files that do not import Tendril", async () => {
  await using mine = await project(BAD.replace("@tendril/tendril", "effection"));
  assertEquals(await mine.lint(), []);
});
