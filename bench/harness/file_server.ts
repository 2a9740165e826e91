// Copyright 2026 the Tendril authors. MIT license.
import { lines } from "./lines.ts";
import type { Shared } from "./scenario.ts";

/** Starts a server of small files in a process of its own; the argument is its address. */
export async function startServer(): Promise<Shared> {
  const script = new URL("../rivals/file_server.ts", import.meta.url).pathname;
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", script],
    stdin: "piped",
    stdout: "piped",
  });
  const server = command.spawn();
  const { value: argument } = await lines(server.stdout).next();
  if (argument === undefined) throw new Deno.errors.UnexpectedEof("The file server did not start");
  return {
    argument,
    async [Symbol.asyncDispose]() {
      // The server ends with its standard input, also when this process dies.
      await server.stdin.close();
      await server.status;
    },
  };
}
