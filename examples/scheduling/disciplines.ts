// Copyright 2026 the Tendril authors. MIT license.
import { fifo, multilevelFeedback, priority, roundRobin, shortestJobFirst } from "@tendril/tendril";
import type { Discipline, Job } from "./simulate.ts";

/** The jobs of many a textbook on operating systems. */
export const jobs: readonly Job[] = [
  { name: "A", arrival: 0, burst: 3, priority: 2 },
  { name: "B", arrival: 2, burst: 6, priority: 1 },
  { name: "C", arrival: 4, burst: 4, priority: 2 },
  { name: "D", arrival: 6, burst: 5, priority: 4 },
  { name: "E", arrival: 8, burst: 2, priority: 3 },
];

/** First come, first served; shortest job first; time slices; feedback queues; and what lies between. */
export const disciplines: readonly Discipline[] = [
  { name: "First come, first served", policy: fifo(), preemptive: false },
  { name: "Shortest job first", policy: shortestJobFirst(), preemptive: false },
  { name: "Shortest remaining time first", policy: shortestJobFirst(), preemptive: true },
  { name: "Priority", policy: priority(), preemptive: false },
  { name: "Priority, preemptive", policy: priority(), preemptive: true },
  { name: "Round robin, quantum 1", policy: roundRobin({ quantum: 1 }), preemptive: true },
  { name: "Round robin, quantum 4", policy: roundRobin({ quantum: 4 }), preemptive: true },
  {
    name: "Feedback, 3 levels, quantum 1",
    policy: multilevelFeedback({ levels: 3, quantum: 1 }),
    preemptive: true,
  },
];
