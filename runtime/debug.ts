// Copyright 2026 the Tendril authors. MIT license.
/**
 * Debug mode: records where each greenlet was spawned. On when the environment has TENDRIL_DEBUG,
 * which is looked at only where reading it is already permitted, so that nobody is asked.
 *
 * @module
 */

/** Whether spawn sites are recorded. */
export let recordSites: boolean = fromEnvironment();

/** Turns the recording of spawn sites on or off. It costs some microseconds per spawn. */
export function setDebug(on: boolean): void {
  recordSites = on;
}

function fromEnvironment(): boolean {
  const { state } = Deno.permissions.querySync({ name: "env", variable: "TENDRIL_DEBUG" });
  return state === "granted" && !["", "0", undefined].includes(Deno.env.get("TENDRIL_DEBUG"));
}

const here = new URL(".", import.meta.url).href;

/** The first line of the stack that is not in the runtime itself. */
export function callerSite(): string | undefined {
  const lines = (new Error().stack ?? "").split("\n").slice(1);
  return lines.find((line) => !line.includes(here))?.trim().replace(/^at /, "");
}
