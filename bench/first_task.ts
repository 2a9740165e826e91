// Copyright 2026 the Tendril authors. MIT license.
import {
  inDeno,
  type Results,
  type Round,
  type Scenario,
  type Target,
  TENDRIL,
} from "./harness/scenario.ts";
import { find, median } from "./harness/statistics.ts";
import { runSubject } from "./harness/subject.ts";

const NAME = "first_task";
const LIMIT_MS = 60;

/** The first task of a pool, in a process that has done nothing else. */
export const scenario: Scenario = {
  name: NAME,
  operation: "from making a pool of one worker to the result of its first task, in a new process",
  rounds: 20,
  alive: true,
  subjects: [
    inDeno(TENDRIL, () => firstTask("first_task_tendril.ts")),
    inDeno("bare Worker", () => firstTask("first_task_worker.ts"), { note: "no pool" }),
  ],
  targets: [atMost()],
};

async function firstTask(file: string): Promise<Round> {
  const script = new URL(`./rivals/${file}`, import.meta.url).pathname;
  const command = new Deno.Command(Deno.execPath(), { args: ["run", "-A", "--quiet", script] });
  const once = async () => {
    const { success, stdout, stderr } = await command.output();
    if (!success) throw new Deno.errors.InvalidData(new TextDecoder().decode(stderr));
    return Number(new TextDecoder().decode(stdout)) * 1e6;
  };
  await once(); // the first start compiles
  return async () => [{ name: NAME, ns: await once() }];
}

function atMost(): Target {
  return {
    text: `the first task at most ${LIMIT_MS} ms after the pool was made`,
    judge(results: Results) {
      const values = find(results, TENDRIL, NAME)?.values;
      if (values === undefined) return undefined;
      const ms = median(values) / 1e6;
      return { measured: `${ms.toFixed(1)} ms`, pass: ms < LIMIT_MS };
    },
  };
}

if (import.meta.main) await runSubject(scenario);
