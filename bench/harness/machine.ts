// Copyright 2026 the Tendril authors. MIT license.
import { cpus, totalmem } from "node:os";
import type { Toolchains } from "./toolchains.ts";

/** Describes where numbers were measured, one fact a line. */
export function describeMachine(toolchains: Toolchains): string[] {
  const processors = cpus();
  const { deno, v8 } = Deno.version;
  return [
    `${processors[0]?.model.trim() ?? "Unknown processor"}, ${processors.length} cores, ` +
    `${Math.round(totalmem() / 2 ** 30)} GiB of memory, ${Deno.build.os} ${Deno.build.arch}`,
    `Deno ${deno}, V8 ${v8}`,
    ...toolchains.versions.entries().map(([name, version]) => `${name} ${version}`),
    new Date().toISOString().slice(0, 10),
  ];
}
