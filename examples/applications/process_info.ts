#!/usr/bin/env -S deno run --allow-sys=hostname,loadavg
// Copyright 2026 the Tendril authors. MIT license.
/**
 * What a program can find out about itself: the greenlet that runs, the process, and the machine.
 *
 * @module
 */
import { dump, getCurrent, main, sleep, spawnWith } from "@tendril/tendril";
import { cpuCount, currentProcess } from "@tendril/tendril/parallel";
import process from "node:process";

await main(function* () {
  console.log(`Greenlet id: ${getCurrent().id}`);
  console.log(`Greenlet name: ${getCurrent().name}`);
  spawnWith({ name: "somebody else", daemon: true }, () => sleep(1000));
  yield; // it begins here
  console.log(`All greenlets:\n${dump().trimEnd()}`);
  console.log("----------------");
  console.log(`Process id: ${Deno.pid}, its parent: ${Deno.ppid}`);
  console.log(`Process name: ${currentProcess().name}`);
  console.log(`Program: ${Deno.execPath()}`);
  console.log(`Folder: ${Deno.cwd()}`);
  console.log(`Begun at: ${new Date(performance.timeOrigin).toLocaleString()}`);
  const { user, system } = process.cpuUsage();
  console.log(`Processor time: ${(user + system) / 1000} ms`);
  console.log(`Memory: ${(Deno.memoryUsage().rss / 2 ** 20).toFixed(1)} MiB`);
  const { fsRead, fsWrite } = process.resourceUsage();
  console.log(`Blocks read: ${fsRead}, written: ${fsWrite}`);
  console.log("----------------");
  console.log(`Machine: ${Deno.hostname()}, ${cpuCount()} processors`);
  console.log(`Busy in the last minutes: ${Deno.loadavg().map((n) => n.toFixed(2)).join(", ")}`);
});
