// Copyright 2026 the Tendril authors. MIT license.
// Strategies on a program that is nothing but choices.

import { assert, assertEquals } from "@std/assert";
import { type Candidates, Course } from "../../../runtime/testing/course.ts";
import {
  ExhaustiveStrategy,
  PctStrategy,
  randomFrom,
  RandomStrategy,
  type Strategy,
} from "../../../runtime/testing/strategies.ts";

/** Chooses out of two or three, depending on what was chosen before, and says what it chose. */
function program(course: Course): string {
  const first = course.choose(2, null);
  const second = course.choose(first === 0 ? 3 : 2, null);
  const third = second === 1 ? course.choose(2, null) : 0;
  return `${first}${second}${third}`;
}

const all = ["000", "010", "011", "020", "100", "110", "111"];

/** What a program does in each of the next schedules. */
function outcomes<T>(strategy: Strategy, times: number, run: (course: Course) => T): T[] {
  const found: T[] = [];
  for (let i = 0; i < times; i++) {
    const chooser = strategy.next();
    if (chooser === null) break;
    const course = new Course(chooser);
    found.push(run(course));
    strategy.learn(course);
  }
  return found;
}

Deno.test("every strategy begins with the way of the runtime", () => {
  for (
    const strategy of [new RandomStrategy(1), new PctStrategy(1), new ExhaustiveStrategy(10)]
  ) assertEquals(outcomes(strategy, 1, program), ["000"]);
});

Deno.test("the exhaustive strategy tries all, each once, with fewer deviations first", () => {
  const strategy = new ExhaustiveStrategy(100);
  const found = outcomes(strategy, 100, program);
  assertEquals(found.toSorted(), all);
  const deviations = found.map((each) => each.replaceAll("0", "").length);
  assertEquals(deviations, deviations.toSorted());
  assert(strategy.complete);
});

Deno.test("the exhaustive strategy says when there were more", () => {
  const enough = new ExhaustiveStrategy(7);
  assertEquals(outcomes(enough, 100, program).length, 7);
  assert(enough.complete);
  const tooFew = new ExhaustiveStrategy(6);
  assertEquals(outcomes(tooFew, 100, program).length, 6);
  assertEquals(tooFew.complete, false);
});

Deno.test("the random strategy comes to everything, by the same way for the same seed", () => {
  const found = outcomes(new RandomStrategy(5), 200, program);
  assertEquals([...new Set(found)].toSorted(), all);
  assertEquals(outcomes(new RandomStrategy(5), 200, program), found);
  assert(outcomes(new RandomStrategy(6), 200, program).join() !== found.join());
});

/** Who takes each turn when some take several turns. */
function turns(course: Course): string {
  const left = new Map([["a", 3], ["b", 3], ["c", 3]].map(([name, n]) => [{ name }, n as number]));
  let said = "";
  while (left.size > 0) {
    const ready = [...left.keys()];
    const candidates: Candidates = { candidate: (at) => ready[at]! };
    const chosen = ready[ready.length > 1 ? course.choose(ready.length, candidates) : 0]!;
    said += chosen.name;
    if (left.get(chosen) === 1) left.delete(chosen);
    else left.set(chosen, left.get(chosen)! - 1);
  }
  return said;
}

Deno.test("the PCT strategy changes who runs a few times only, and comes to every order", () => {
  const found = outcomes(new PctStrategy(3), 500, turns);
  const changes = found.map((each) => [...each].filter((name, at) => name !== each[at - 1]).length);
  // Each greenlet once, and once more for each of at most four times that one sinks.
  assert(changes.every((count) => count <= 7));
  assert(changes.some((count) => count > 3));
  assert(["aaabbbccc", "cccbbbaaa", "bbbaaaccc"].every((each) => found.includes(each)));
  assertEquals(outcomes(new PctStrategy(3), 500, turns), found);
});

Deno.test("the PCT strategy goes the way of the runtime when a program does not end", () => {
  const strategy = new PctStrategy(1);
  const candidates = [{}, {}];
  const spin = (course: Course) => {
    for (let i = 0; i < 100; i++) course.choose(2, { candidate: (at) => candidates[at]! });
    return course.choices.slice(2 * 3).every((choice) => choice === 0);
  };
  outcomes(strategy, 1, (course) => [1, 2, 3].forEach(() => course.choose(2, null)));
  for (let i = 0; i < 20; i++) assert(spin(new Course(strategy.next()!)));
});

Deno.test("randomFrom() gives numbers below 1 that are spread evenly", () => {
  const random = randomFrom(42);
  const counts = new Array(10).fill(0);
  for (let i = 0; i < 10_000; i++) counts[Math.floor(random() * 10)]++;
  assert(counts.every((count) => count > 900 && count < 1100));
});
