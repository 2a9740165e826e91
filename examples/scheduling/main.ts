#!/usr/bin/env -S deno run
// Copyright 2026 the Tendril authors. MIT license.
/**
 * The scheduling disciplines of the textbooks, each shown with the same jobs: greenlets that share one
 * processor under a policy. Prints a Gantt chart and the waiting, turnaround and response times for each;
 * `--svg FILE` draws them, too.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { chart, table } from "./chart.ts";
import { disciplines, jobs } from "./disciplines.ts";
import { figuresOf } from "./figures.ts";
import { simulate } from "./simulate.ts";
import { type Outcome, svg } from "./svg.ts";

const outcomes: Outcome[] = [];
for (const discipline of disciplines) {
  const slices = await simulate(jobs, discipline);
  const figures = figuresOf(jobs, slices);
  outcomes.push({ name: discipline.name, slices, figures });
  console.log([discipline.name, ...chart(jobs, slices), ...table(figures), ""].join("\n"));
}

const { svg: file } = parseArgs(Deno.args, { string: ["svg"] });
if (file !== undefined) await Deno.writeTextFile(file, svg(jobs, outcomes));
