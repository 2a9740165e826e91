// Copyright 2026 the Tendril authors. MIT license.
// The scheduling disciplines against figures that were worked out by hand.

import { assert, assertEquals } from "@std/assert";
import { disciplines, jobs } from "../../examples/scheduling/disciplines.ts";
import { figuresOf, mean } from "../../examples/scheduling/figures.ts";
import { type Job, simulate } from "../../examples/scheduling/simulate.ts";
import { linesOf } from "./program.ts";

/**
 * Who has each millisecond, worked out with pencil and paper from
 * A: arrives at 0, needs 3; B: 2, 6; C: 4, 4; D: 6, 5; E: 8, 2.
 *
 * The ends agree with those that W. Stallings, Operating Systems, gives for these jobs under FCFS, round robin
 * with 1 and 4, SPN, SRT and feedback with 2^i.
 */
const byHand: Record<string, string> = {
  "First come, first served": "AAABBBBBBCCCCDDDDDEE",
  "Shortest job first": "AAABBBBBBEECCCCDDDDD",
  // At 4 C needs 4 and B 5; at 8 E needs 2, D 5 and B 5, and B has been ready for longer than D.
  "Shortest remaining time first": "AAABCCCCEEBBBBBDDDDD",
  // At 9 D has 4, E 3 and C 2.
  "Priority": "AAABBBBBBDDDDDEECCCC",
  "Priority, preemptive": "AAABCCDDDDDEECCBBBBB",
  // Who arrives stands before who has just had the processor.
  "Round robin, quantum 1": "AABABCBDCBEDCBEDCBDD",
  "Round robin, quantum 4": "AAABBBBCCCCDDDDBBEED",
  // Levels of 1, 2 and 4; A has the processor to itself until B comes, and so sinks to the second level.
  "Feedback, 3 levels, quantum 1": "AABACBDBECCDDEBBBCDD",
};

/** The figures for each job in order: end, waiting, turnaround, response. */
const figuresByHand: Record<string, number[][]> = {
  "First come, first served": [
    [3, 0, 3, 0],
    [9, 1, 7, 1],
    [13, 5, 9, 5],
    [18, 7, 12, 7],
    [20, 10, 12, 10],
  ],
  "Shortest job first": [
    [3, 0, 3, 0],
    [9, 1, 7, 1],
    [15, 7, 11, 7],
    [20, 9, 14, 9],
    [11, 1, 3, 1],
  ],
  "Shortest remaining time first": [
    [3, 0, 3, 0],
    [15, 7, 13, 1],
    [8, 0, 4, 0],
    [20, 9, 14, 9],
    [10, 0, 2, 0],
  ],
  "Priority": [
    [3, 0, 3, 0],
    [9, 1, 7, 1],
    [20, 12, 16, 12],
    [14, 3, 8, 3],
    [16, 6, 8, 6],
  ],
  "Priority, preemptive": [
    [3, 0, 3, 0],
    [20, 12, 18, 1],
    [15, 7, 11, 0],
    [11, 0, 5, 0],
    [13, 3, 5, 3],
  ],
  "Round robin, quantum 1": [
    [4, 1, 4, 0],
    [18, 10, 16, 0],
    [17, 9, 13, 1],
    [20, 9, 14, 1],
    [15, 5, 7, 2],
  ],
  "Round robin, quantum 4": [
    [3, 0, 3, 0],
    [17, 9, 15, 1],
    [11, 3, 7, 3],
    [20, 9, 14, 5],
    [19, 9, 11, 9],
  ],
  "Feedback, 3 levels, quantum 1": [
    [4, 1, 4, 0],
    [17, 9, 15, 0],
    [18, 10, 14, 0],
    [20, 9, 14, 0],
    [14, 4, 6, 0],
  ],
};

for (const discipline of disciplines) {
  const { name } = discipline;

  Deno.test(`scheduling: ${name} gives each job the processor when it should`, async () => {
    const slices = await simulate(jobs, discipline);
    const turns = slices.map(({ job, start, end }) => job.name.repeat(end - start)).join("");
    assertEquals(turns, byHand[name]);
    slices.forEach(({ start }, at) => assertEquals(start, at === 0 ? 0 : slices[at - 1]!.end));
  });

  Deno.test(`scheduling: ${name} has the figures worked out by hand`, async () => {
    const figures = figuresOf(jobs, await simulate(jobs, discipline));
    assertEquals(
      figures.map(({ end, waiting, turnaround, response }) => [end, waiting, turnaround, response]),
      figuresByHand[name],
    );
  });
}

Deno.test("scheduling: the means are those of the textbook", async () => {
  const means: number[] = [];
  for (const discipline of disciplines) {
    means.push(mean(figuresOf(jobs, await simulate(jobs, discipline)), "turnaround"));
  }
  assertEquals(means, [8.6, 7.6, 7.2, 8.4, 8.4, 10.8, 10, 10.6]);
});

Deno.test("scheduling: the processor is idle while there is no job", async () => {
  const late: Job[] = [
    { name: "A", arrival: 1, burst: 2, priority: 0 },
    { name: "B", arrival: 10, burst: 1, priority: 0 },
  ];
  for (const discipline of disciplines) {
    const slices = await simulate(late, discipline);
    assertEquals(slices.map(({ start, end }) => [start, end]), [[1, 3], [10, 11]]);
  }
});

Deno.test("scheduling prints a chart and the figures of each discipline", async () => {
  const lines = await linesOf("scheduling/main.ts");
  const at = lines.indexOf("Round robin, quantum 4");
  assertEquals(lines.slice(at + 1, at + 7), [
    "A ███",
    "B   ·████········██",
    "C     ···████",
    "D       ·····████····█",
    "E         ·········██",
    "  0    5    10   15   20",
  ]);
  assertEquals(lines[at + 8]!.trim().split(/\s+/), ["A", "0", "3", "3", "0", "3", "0"]);
  assertEquals(lines[at + 13]!.trim().split(/\s+/), ["mean", "6.0", "10.0", "3.6"]);
  assertEquals(lines.filter((line) => /^\s+mean/.test(line)).length, disciplines.length);
});

Deno.test("scheduling draws the charts with --svg", async () => {
  const file = await Deno.makeTempFile({ suffix: ".svg" });
  try {
    const { code } = await new Deno.Command(Deno.execPath(), {
      args: ["run", `--allow-write=${file}`, "examples/scheduling/main.ts", "--svg", file],
      cwd: new URL("../../", import.meta.url),
      stdout: "null",
    }).output();
    assertEquals(code, 0);
    const text = await Deno.readTextFile(file);
    assert(text.startsWith("<svg ") && text.endsWith("</svg>\n"));
    for (const { name } of disciplines) assert(text.includes(`>${name}</text>`));
    // B has the processor from 3 to 7 and from 15 to 17, 32 pixels a millisecond.
    const roundRobin = text.slice(text.indexOf("quantum 4"), text.indexOf("Feedback"));
    assert(roundRobin.includes('<rect x="136" y="48" width="128"'));
    assert(roundRobin.includes('<rect x="520" y="48" width="64"'));
  } finally {
    await Deno.remove(file);
  }
});
