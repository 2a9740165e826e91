// Copyright 2026 the Tendril authors. MIT license.
import type { Toolchains } from "./toolchains.ts";

/** What a subject reports about one case of a scenario; exactly one of the three values is set. */
export interface Sample {
  /** The case, such as "depth 1,000"; the scenario's name where there is only one. */
  name: string;
  /** Nanoseconds of one operation. */
  ns?: number;
  /** Bytes held by one object. */
  bytes?: number;
  /** A number of things that should not have happened. */
  count?: number;
}

/** Measures once; called once or more in a process that measures nothing else. */
export type Round = () => Promise<Sample[]>;

/** What is special about a subject. */
export interface SubjectOptions {
  /** Fewer rounds than the scenario's, for subjects that take too long. */
  rounds?: number;
  /** What a reader of the table must know, such as a smaller number of objects. */
  note?: string;
}

/** One competitor in a scenario. */
export interface Subject extends SubjectOptions {
  name: string;
  language: "deno" | "go" | "python";
  /** Loads and warms what a Deno subject needs; `argument` is what {@linkcode Scenario.setUp} gave. */
  prepare?: (argument: string) => Round | Promise<Round>;
}

/** Something all subjects of a scenario share, such as a server. */
export interface Shared extends AsyncDisposable {
  argument: string;
}

/** Whether a target was reached, and the number that decided it. */
export interface Verdict {
  measured: string;
  pass: boolean;
}

/** One line of what the project promises about its speed. */
export interface Target {
  text: string;
  /** Gives `undefined` when a subject that it needs was skipped. */
  judge: (results: Results) => Verdict | undefined;
}

/** One file of the suite. */
export interface Scenario {
  /** The name of its file, without the extension. */
  name: string;
  /** What one operation is. */
  operation: string;
  rounds: number;
  /** Keeps each subject's process for all rounds, where starting it costs more than the round. */
  alive?: boolean;
  subjects: Subject[];
  targets: Target[];
  setUp?: (toolchains: Toolchains) => Promise<Shared>;
}

/** The values that one subject gave for one case, in the order of the rounds. */
export interface Measurement {
  subject: string;
  name: string;
  unit: "ns" | "bytes" | "count";
  values: number[];
}

/** All that came out of one scenario. */
export interface Results {
  measurements: Measurement[];
  /** The subjects that did not run, with the reason. */
  skipped: Map<string, string>;
}

/** The name under which Tendril itself takes part. */
export const TENDRIL = "tendril";

/** Describes a subject that runs in Deno. */
export function inDeno(
  name: string,
  prepare: (argument: string) => Round | Promise<Round>,
  options: SubjectOptions = {},
): Subject {
  return { name, language: "deno", prepare, ...options };
}

/** Describes a subject that is a function of the Go program in `rivals/`. */
export function inGo(name: string, options: SubjectOptions = {}): Subject {
  return { name, language: "go", ...options };
}

/** Describes a subject that is a part of the scenario's Python file in `rivals/`. */
export function inPython(name: string, options: SubjectOptions = {}): Subject {
  return { name, language: "python", ...options };
}
