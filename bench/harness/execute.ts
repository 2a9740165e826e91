// Copyright 2026 the Tendril authors. MIT license.
import { lines } from "./lines.ts";
import type { Measurement, Results, Sample, Scenario, Subject } from "./scenario.ts";
import { PYTHON, type Toolchains } from "./toolchains.ts";

/**
 * Runs a scenario: every subject in a process of its own, so that no subject is compiled with what
 * V8 learnt from another, and in interleaved rounds, so that all see the same noise.
 */
export async function execute(scenario: Scenario, toolchains: Toolchains): Promise<Results> {
  await using shared = await scenario.setUp?.(toolchains);
  await using processes = new AsyncDisposableStack();
  const argument = shared?.argument ?? "";
  const results: Results = { measurements: [], skipped: new Map() };
  const alive = new Map<Subject, AliveSubject>();

  for (const subject of scenario.subjects) {
    const reason = toolchains.missing(subject);
    if (reason !== undefined) results.skipped.set(subject.name, reason);
    else if (scenario.alive && subject.language === "deno") {
      const command = commandOf(scenario, subject, argument, toolchains);
      const process = processes.use(new AliveSubject(command));
      alive.set(subject, process);
      try {
        // One warms up after the other, and nobody during the first round.
        await process.answer();
      } catch (error) {
        results.skipped.set(subject.name, reasonOf(error));
      }
    }
  }

  for (let round = 0; round < scenario.rounds; round++) {
    // Every other round goes backwards, so that a drift favours nobody.
    const order = round % 2 ? scenario.subjects.toReversed() : scenario.subjects;
    for (const subject of order) {
      if (results.skipped.has(subject.name) || !takesPart(subject, round, scenario)) continue;
      try {
        const samples = await (alive.get(subject)?.round() ??
          runOnce(commandOf(scenario, subject, argument, toolchains)));
        for (const sample of samples) record(results.measurements, subject.name, sample);
      } catch (error) {
        results.skipped.set(subject.name, reasonOf(error));
      }
    }
  }
  return results;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Spreads the rounds of a subject that has fewer than its scenario over all of them. */
function takesPart(subject: Subject, round: number, scenario: Scenario): boolean {
  const wanted = Math.min(subject.rounds ?? scenario.rounds, scenario.rounds);
  const share = wanted / scenario.rounds;
  return Math.floor((round + 1) * share) > Math.floor(round * share);
}

interface Invocation {
  program: string;
  args: string[];
}

function commandOf(
  scenario: Scenario,
  subject: Subject,
  argument: string,
  toolchains: Toolchains,
): Invocation {
  const file = (path: string) => new URL(`../${path}`, import.meta.url).pathname;
  switch (subject.language) {
    case "go":
      return { program: toolchains.goProgram, args: [scenario.name, argument] };
    case "python": {
      const script = file(`rivals/${scenario.name}.py`);
      // -B: no cache folder appears among the sources.
      return { program: PYTHON, args: ["-B", script, subject.name, argument] };
    }
    case "deno": {
      const options = ["run", "-A", "--quiet", "--v8-flags=--expose-gc"];
      const script = file(`${scenario.name}.ts`);
      const mode = scenario.alive ? ["alive"] : [];
      return {
        program: Deno.execPath(),
        args: [...options, script, subject.name, argument, ...mode],
      };
    }
  }
}

const ENVIRONMENT = { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" };

async function runOnce({ program, args }: Invocation): Promise<Sample[]> {
  const command = new Deno.Command(program, { args, env: ENVIRONMENT, stdin: "null" });
  const { success, code, stdout, stderr } = await command.output();
  if (!success) throw new Deno.errors.InvalidData(lastWords(stderr, code));
  const samples = new TextDecoder().decode(stdout).split("\n").filter((line) => line !== "");
  return samples.map((line) => JSON.parse(line));
}

function lastWords(stderr: Uint8Array, code: number): string {
  const said = new TextDecoder().decode(stderr).split("\n").filter((line) => line.trim() !== "");
  const error = said.find((line) => /error/i.test(line)) ?? said.at(-1) ?? "nothing on stderr";
  // Addresses say nothing about the reason, and the text may go into a file.
  return `Ended with code ${code}: ${error.trim().replaceAll(/\w+:\/\/\S+/g, "…")}`;
}

/** A subject whose process stays for all rounds. */
class AliveSubject implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #lines: AsyncGenerator<string>;

  constructor({ program, args }: Invocation) {
    const command = new Deno.Command(program, {
      args,
      env: ENVIRONMENT,
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    });
    this.#process = command.spawn();
    this.#writer = this.#process.stdin.getWriter();
    this.#lines = lines(this.#process.stdout);
  }

  async round(): Promise<Sample[]> {
    await this.#writer.write(new TextEncoder().encode("round\n"));
    return await this.answer();
  }

  /** Reads up to an empty line; the first answer says that the subject is warm. */
  async answer(): Promise<Sample[]> {
    const samples: Sample[] = [];
    while (true) {
      const { value, done } = await this.#lines.next();
      if (done) throw new Deno.errors.UnexpectedEof("The subject ended too early");
      if (value === "") return samples;
      samples.push(JSON.parse(value));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // A subject that failed has closed its side already.
    await this.#writer.close().catch(() => {});
    await this.#process.status;
  }
}

function record(measurements: Measurement[], subject: string, sample: Sample): void {
  const { name } = sample;
  const unit = sample.ns !== undefined ? "ns" : sample.bytes !== undefined ? "bytes" : "count";
  const value = sample[unit];
  if (value === undefined) throw new TypeError(`Cannot read the sample of "${subject}": no value`);
  const known = measurements.find((one) => one.subject === subject && one.name === name);
  if (known) known.values.push(value);
  else measurements.push({ subject, name, unit, values: [value] });
}
