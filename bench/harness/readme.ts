// Copyright 2026 the Tendril authors. MIT license.
import { formatSkipped, formatTable, formatTargets, LEGEND, type Outcome } from "./table.ts";

const README = new URL("../README.md", import.meta.url);

/** Writes the results of one run, and the machine it ran on, to `bench/README.md`. */
export async function writeReadme(outcomes: Outcome[], machine: string[]): Promise<void> {
  const skipped = formatSkipped(outcomes);
  const text = `# Benchmarks

Every scenario runs Tendril and its rivals on the same machine in the same run, so only the ratios
mean something. Each subject has a process of its own, and the rounds of all are interleaved.

    deno task bench                     all scenarios
    deno task bench switch fetch        some of them
    deno task bench --list              their names
    deno task bench --write             writes this page
    deno run -A --v8-flags=--expose-gc bench/switch.ts tendril      one subject alone

One operation is:

${outcomes.map(({ scenario }) => `- \`${scenario.name}\`: ${scenario.operation}`).join("\n")}

Rivals: a hand-written trampoline over raw generators, async functions, Effection and Effect from
npm, Go with one processor, Python's greenlet and gevent; for workers piscina, workerpool, poolifier,
comlink and Python's multiprocessing; for downloads curl, aria2c and wget2.

## Results

${machine.map((fact) => `- ${fact}`).join("\n")}

${LEGEND}

${formatTable(outcomes)}

## Targets

${formatTargets(outcomes)}
${skipped === "" ? "" : `\n## Skipped\n\n${skipped}\n`}`;
  await Deno.writeTextFile(README, text);
  // The page is checked like every other file of the repository.
  const command = new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", README.pathname] });
  const { success, stderr } = await command.output();
  if (!success) throw new Deno.errors.InvalidData(new TextDecoder().decode(stderr));
}
