#!/usr/bin/env -S deno run
// Copyright 2026 the Tendril authors. MIT license.
/**
 * Waiting for several things at a time: exactly one of them happens, the others have not.
 *
 * @module
 */
import { Channel, main, select, sleep, spawn } from "@tendril/tendril";

await main(function* () {
  const [news, weather] = [new Channel<string>(), new Channel<string>()];
  spawn(function* () {
    yield* sleep(5);
    yield* weather.send("rain");
  });
  const first = yield* select({ news: news.receive(), weather: weather.receive() });
  console.log(`${first.key}: ${first.value}`);
  const late = yield* select({ news: news.receive(), nothing: sleep(5) });
  console.log(late.key);
});
