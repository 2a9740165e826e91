// Copyright 2026 the Tendril authors. MIT license.
/**
 * Greenlets that hand control to each other by name, as with Python's greenlet.
 *
 * @module
 */
import { type Coroutine, Greenlet, joinAll, sleep, spawn } from "@tendril/tendril";

const ROUNDS = 3;

console.log("Two greenlets in turn:");
const gr1: Greenlet = new Greenlet(test1);
const gr2: Greenlet = new Greenlet(test2);

function* test1(): Coroutine {
  for (let round = 0; round < ROUNDS; round++) {
    console.log("---A--");
    yield* gr2.switch();
    yield* sleep(5);
  }
}

function* test2(): Coroutine {
  for (;;) {
    console.log("---B--");
    yield* gr1.switch();
    yield* sleep(5);
  }
}

// Runs gr1, and through it gr2, until gr1 has ended.
await gr1.switch();
console.log("gr1 has ended:", gr1.dead);

console.log("Values to and fro:");
const doubler: Greenlet = new Greenlet(function* (n: number): Coroutine<string> {
  for (let round = 0; round < ROUNDS; round++) {
    console.log("doubler got", n);
    n = yield* doubler.parent!.switch(n * 2);
  }
  return "enough";
});
let answer: number | string = 1;
// Whatever one side gives to switch() is what the other side gets from its own.
while (typeof answer === "number") {
  answer = doubler.switch<number | string>(answer).value!;
  console.log("main got", answer);
}

console.log("Generators in turn:");
function* work1(): Coroutine {
  for (let round = 0; round < ROUNDS; round++) {
    console.log("----work1---");
    yield;
  }
}

function* work2(): Coroutine {
  for (let round = 0; round < ROUNDS; round++) {
    console.log("----work2---");
    yield;
  }
}

// With plain generators somebody has to call next() on each; here the hub does that.
await joinAll([spawn(work1), spawn(work2)]);
