// Copyright 2026 the Tendril authors. MIT license.
/**
 * What `deno task example` runs: the downloader, or with `--list` the list of all examples.
 *
 * @module
 */
import { main } from "@tendril/tendril";

/** A row of a table in README.md: what the tutorials have, our program, and what it teaches. */
const ROW = /^\| [^|]*\| \[(.+?)\]\(.+?\) +\| (.+?) +\|$/;

function list(): void {
  const index = Deno.readTextFileSync(new URL("README.md", import.meta.url));
  for (const line of index.split("\n")) {
    const row = ROW.exec(line);
    if (row !== null) console.log(`deno task example:${row[1]!.padEnd(20)} ${row[2]}`);
    else if (line.startsWith("## ")) console.log(`\n${line.slice(3)}`);
  }
}

if (Deno.args[0] === "--list") list();
else {
  const { cli } = await import("./download/cli.ts");
  await main(cli, Deno.args);
}
