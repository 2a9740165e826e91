#!/usr/bin/env -S deno run
// Copyright 2026 the Tendril authors. MIT license.
/**
 * A queue with three places: what happens when there is no place left, and when there is nothing to get.
 *
 * @module
 */
import { main, Queue, QueueEmpty, QueueFull } from "@tendril/tendril";

await main(function* () {
  const q = new Queue<string>(3, { name: "messages" });
  yield* q.put("message 1");
  yield* q.put("message 2");
  console.log("full:", q.full());
  yield* q.put("message 3");
  console.log("full:", q.full());

  try {
    yield* q.put("message 4", { timeout: 100 }); // waits for a place, but not for long
  } catch (error) {
    if (!(error instanceof QueueFull)) throw error;
    console.log(`${error.message}; messages in it: ${q.qsize()}`);
  }
  try {
    q.putNowait("message 4"); // does not wait at all
  } catch (error) {
    if (!(error instanceof QueueFull)) throw error;
    console.log(`${error.message}; messages in it: ${q.qsize()}`);
  }
  // Nobody else runs between a question and what follows it without a `yield`.
  if (!q.full()) q.putNowait("message 4");

  while (!q.empty()) console.log(q.getNowait());
  console.log("empty:", q.empty());
  try {
    q.getNowait();
  } catch (error) {
    if (!(error instanceof QueueEmpty)) throw error;
    console.log(error.message);
  }
});
