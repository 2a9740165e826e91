// Copyright 2026 the Tendril authors. MIT license.
/**
 * `deno task bench [scenario...]` measures Tendril against its rivals and prints one table.
 *
 * `--list` names the scenarios, `--write` puts the results into `bench/README.md`.
 *
 * @module
 */
import { scenario as callDepth } from "./call_depth.ts";
import { scenario as channelBuffered } from "./channel_buffered.ts";
import { scenario as channelRendezvous } from "./channel_rendezvous.ts";
import { scenario as channelWaiters } from "./channel_waiters.ts";
import { scenario as downloadFiles } from "./download.ts";
import { scenario as echo } from "./echo.ts";
import { scenario as exploring } from "./explore.ts";
import { scenario as fetchFiles } from "./fetch.ts";
import { scenario as firstTask } from "./first_task.ts";
import { execute } from "./harness/execute.ts";
import { describeMachine } from "./harness/machine.ts";
import { writeReadme } from "./harness/readme.ts";
import type { Scenario } from "./harness/scenario.ts";
import {
  formatSkipped,
  formatTable,
  formatTargets,
  LEGEND,
  type Outcome,
} from "./harness/table.ts";
import { findToolchains } from "./harness/toolchains.ts";
import { scenario as importCost } from "./import_cost.ts";
import { scenario as inspecting } from "./inspector.ts";
import { scenario as lock } from "./lock.ts";
import { scenario as parallelCpu } from "./parallel_cpu.ts";
import { scenario as parallelTasks } from "./parallel_tasks.ts";
import { scenario as patched } from "./patched.ts";
import { scenario as poolMap } from "./pool_map.ts";
import { scenario as selecting } from "./select.ts";
import { scenario as shared } from "./shared.ts";
import { scenario as sleepers } from "./sleepers.ts";
import { scenario as spawnJoin } from "./spawn_join.ts";
import { scenario as spawnMany } from "./spawn_many.ts";
import { scenario as switching } from "./switch.ts";
import { scenario as trace } from "./trace.ts";
import { scenario as yieldNow } from "./yield_now.ts";

const SCENARIOS = [
  switching,
  yieldNow,
  spawnJoin,
  spawnMany,
  sleepers,
  callDepth,
  channelBuffered,
  channelRendezvous,
  channelWaiters,
  selecting,
  lock,
  poolMap,
  fetchFiles,
  downloadFiles,
  patched,
  echo,
  shared,
  firstTask,
  parallelTasks,
  parallelCpu,
  exploring,
  inspecting,
  trace,
  importCost,
];

if (import.meta.main) Deno.exitCode = await bench(Deno.args);

/** Runs the suite and gives the exit code; a missed target is no failure, a broken Tendril is. */
async function bench(args: string[]): Promise<number> {
  const flags = args.filter((arg) => arg.startsWith("-"));
  const names = args.filter((arg) => !arg.startsWith("-"));
  const wrong = flags.find((flag) => flag !== "--list" && flag !== "--write") ??
    names.find((name) => !SCENARIOS.some((scenario) => scenario.name === name));
  if (wrong !== undefined) {
    console.error(`Cannot run "${wrong}": give --write, --list or names that --list prints`);
    return 2;
  }
  if (flags.includes("--list")) {
    for (const { name, operation } of SCENARIOS) console.log(`${name.padEnd(18)} ${operation}`);
    return 0;
  }
  const chosen = names.length ? SCENARIOS.filter(({ name }) => names.includes(name)) : SCENARIOS;
  return await measure(chosen, flags.includes("--write"));
}

async function measure(scenarios: Scenario[], write: boolean): Promise<number> {
  await using toolchains = await findToolchains();
  const outcomes: Outcome[] = [];
  for (const scenario of scenarios) {
    const start = performance.now();
    outcomes.push({ scenario, results: await execute(scenario, toolchains) });
    const seconds = (performance.now() - start) / 1000;
    console.error(`${scenario.name}: done in ${seconds.toFixed(1)} s`);
  }
  console.log(`\n${formatTable(outcomes)}\n\n${LEGEND}\n\nTargets:\n${formatTargets(outcomes)}`);
  const skipped = formatSkipped(outcomes);
  if (skipped !== "") console.log(`\n${skipped}`);
  if (write) await writeReadme(outcomes, describeMachine(toolchains));
  return outcomes.some(({ results }) => results.skipped.has("tendril")) ? 1 : 0;
}
