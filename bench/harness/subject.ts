// Copyright 2026 the Tendril authors. MIT license.
import { lines } from "./lines.ts";
import type { Sample, Scenario, Shared } from "./scenario.ts";
import { findToolchains } from "./toolchains.ts";

/**
 * Runs one subject in this process and prints its samples as JSON lines:
 * `deno run -A --v8-flags=--expose-gc bench/switch.ts tendril`.
 *
 * With a third argument "alive" it says with an empty line that it is warm, then does one round for
 * each line of standard input and ends the answer with an empty line.
 */
export async function runSubject(scenario: Scenario): Promise<void> {
  const [name, argument, alive] = Deno.args;
  const subject = scenario.subjects.find((one) => one.name === name);
  if (subject?.prepare === undefined) {
    const names = scenario.subjects.filter((one) => one.prepare).map((one) => one.name).join(", ");
    throw new RangeError(`Cannot run subject "${name}": it must be one of ${names}`);
  }
  const shared = argument === undefined ? await setUp(scenario) : undefined;
  const round = await subject.prepare(argument ?? shared?.argument ?? "");
  if (alive === undefined) {
    print(await round());
  } else {
    console.log("");
    for await (const _ of lines(Deno.stdin.readable)) {
      print(await round());
      console.log("");
    }
  }
  await shared?.[Symbol.asyncDispose]();
  // Whatever a rival leaves behind must not keep the process.
  Deno.exit(0);
}

/** Sets up what the scenario shares, where the suite has not done so. */
async function setUp(scenario: Scenario): Promise<Shared | undefined> {
  if (scenario.setUp === undefined) return undefined;
  const toolchains = await findToolchains();
  const shared = await scenario.setUp(toolchains);
  return {
    argument: shared.argument,
    async [Symbol.asyncDispose]() {
      await shared[Symbol.asyncDispose]();
      await toolchains[Symbol.asyncDispose]();
    },
  };
}

function print(samples: Sample[]): void {
  for (const sample of samples) console.log(JSON.stringify(sample));
}
