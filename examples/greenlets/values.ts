#!/usr/bin/env -S deno run
// Copyright 2026 the Tendril authors. MIT license.
/**
 * A switch carries values: what one side gives to `switch` is what the other side gets from its own.
 *
 * @module
 */
import { type Coroutine, Greenlet } from "@tendril/tendril";

const doubler: Greenlet = new Greenlet(function* (n: number): Coroutine<string> {
  for (let round = 0; round < 3; round++) {
    console.log("doubler got", n);
    n = yield* doubler.parent!.switch(n * 2);
  }
  return "enough";
});

let answer: number | string = 1;
while (typeof answer === "number") {
  answer = doubler.switch<number | string>(answer).value!;
  console.log("main got", answer);
}
