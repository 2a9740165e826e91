// Copyright 2026 the Tendril authors. MIT license.
import {
  type Coroutine,
  getHub,
  killAll,
  run,
  sleep,
  spawn,
  until,
  yieldNow,
} from "@tendril/tendril";
import { inspector } from "@tendril/tendril/inspect";
import { inDeno, type Results, type Sample, type Scenario, TENDRIL } from "./harness/scenario.ts";
import { find, lowerQuartile, median } from "./harness/statistics.ts";
import { runSubject } from "./harness/subject.ts";

const GREENLETS = 10_000;
const WINDOW = 500;
/** How long a page looks on before it is measured, in milliseconds: it has asked for its lines then. */
const SETTLE = 500;
const MOST = 1.05;

const KINDS: Record<string, () => Coroutine<void>> = { "all yield": spin, "all nap": nap };

/** What a page that looks on costs the program. */
export const scenario: Scenario = {
  name: "inspector",
  operation: "one turn of one of 10,000 coroutines that all yield, or sleep up to 20 ms",
  rounds: 3,
  subjects: [inDeno(TENDRIL, () => tendril)],
  targets: Object.keys(KINDS).map((kind) => ({
    text: `an open page costs less than 5 % while ${GREENLETS.toLocaleString("en")} ${kind}`,
    judge(results: Results) {
      const alone = find(results, TENDRIL, kind);
      const watched = find(results, TENDRIL, `${kind}, page open`);
      if (alone === undefined || watched === undefined) return undefined;
      const ratio = median(watched.values.map((value, i) => value / alone.values[i]!));
      return { measured: `${ratio.toPrecision(3)} times as long`, pass: ratio <= MOST };
    },
  })),
};

async function tendril(): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (const kind of Object.keys(KINDS)) samples.push(...await compare(kind));
  return samples;
}

/** Measures the same greenlets by turns with a page and without. */
function compare(kind: string): Promise<Sample[]> {
  return run(function* () {
    const gs = Array.from({ length: GREENLETS }, () => spawn(KINDS[kind]!));
    yield* sleep(WINDOW);
    const page = inspector();
    const alone: number[] = [];
    const watched: number[] = [];
    for (let turn = 0; turn < 8; turn++) {
      alone.push(yield* nsPerTurn());
      const looker = lookOn(page.url);
      yield* sleep(SETTLE);
      watched.push(yield* nsPerTurn());
      looker.kill("SIGKILL");
      yield* until(looker.status);
    }
    yield* until(page.stop());
    yield* killAll(gs);
    return [
      { name: kind, ns: lowerQuartile(alone) },
      { name: `${kind}, page open`, ns: lowerQuartile(watched) },
    ];
  });
}

function* nsPerTurn(): Coroutine<number> {
  const before = getHub().stats().switches;
  const start = performance.now();
  yield* sleep(WINDOW);
  return ((performance.now() - start) * 1e6) / (getHub().stats().switches - before);
}

function* spin(): Coroutine<void> {
  for (;;) yield* yieldNow();
}

function* nap(): Coroutine<void> {
  for (;;) yield* sleep(20 * Math.random());
}

/** Does what the page does, in a process of its own. */
function lookOn(url: string): Deno.ChildProcess {
  const code = `
    const { body } = await fetch("${url}events");
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    const { value } = await reader.read();
    const { viewer } = JSON.parse(value.split("\\n", 1)[0].slice(6));
    const view = JSON.stringify({ viewer, offset: 5000, count: 40 });
    await (await fetch("${url}view", { method: "POST", body: view })).text();
    while (!(await reader.read()).done);`;
  return new Deno.Command(Deno.execPath(), { args: ["eval", code], stdout: "null" }).spawn();
}

if (import.meta.main) await runSubject(scenario);
