// Copyright 2026 the Tendril authors. MIT license.
import {
  inDeno,
  type Results,
  type Round,
  type Scenario,
  type Target,
} from "./harness/scenario.ts";
import { runSubject } from "./harness/subject.ts";
import { find, median } from "./harness/statistics.ts";

const NAME = "import_cost";
const LIMIT_MS = 10;
const EMPTY = "empty module";

/** Imports the library in a process that does nothing else. */
export const scenario: Scenario = {
  name: NAME,
  operation: "one whole process that imports the library and ends",
  rounds: 40,
  alive: true,
  subjects: [
    inDeno("tendril", () => startOf("import_tendril.ts")),
    inDeno(EMPTY, () => startOf("import_nothing.ts")),
    inDeno("effection", () => startOf("import_effection.ts"), { rounds: 10 }),
    inDeno("effect", () => startOf("import_effect.ts"), { rounds: 10 }),
  ],
  targets: [importTarget()],
};

async function startOf(file: string): Promise<Round> {
  const script = new URL(`./rivals/${file}`, import.meta.url).pathname;
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", script],
    stdout: "null",
  });
  // The first start downloads and compiles.
  await startOnce(command);
  return async () => [{ name: NAME, ns: await startOnce(command) * 1e6 }];
}

async function startOnce(command: Deno.Command): Promise<number> {
  const start = performance.now();
  const { success, stderr } = await command.output();
  const elapsed = performance.now() - start;
  if (!success) throw new Deno.errors.InvalidData(new TextDecoder().decode(stderr));
  return elapsed;
}

function importTarget(): Target {
  return {
    text: `at most ${LIMIT_MS} ms over an empty module`,
    judge(results: Results) {
      const ours = find(results, "tendril", NAME)?.values ?? [];
      const empty = find(results, EMPTY, NAME)?.values ?? [];
      if (ours.length === 0 || ours.length !== empty.length) return undefined;
      // Neighbours in time suffer the same noise, so the difference is taken within a round.
      const ms = median(ours.map((value, round) => value - (empty[round] ?? NaN))) / 1e6;
      return { measured: `${ms.toFixed(1)} ms`, pass: ms <= LIMIT_MS };
    },
  };
}

if (import.meta.main) await runSubject(scenario);
