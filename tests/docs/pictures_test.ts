// Copyright 2026 the Tendril authors. MIT license.
import { assert } from "@std/assert";
import { pictures } from "../../docs/pictures/main.ts";

/** `deno fmt` breaks lines of pictures, too. */
const bare = (svg: string) => svg.replaceAll(/\s/g, "");

for (const [name, draw] of Object.entries(pictures)) {
  Deno.test(`docs/images/${name} shows what its program does today`, async () => {
    const kept = await Deno.readTextFile(new URL(`../../docs/images/${name}`, import.meta.url));
    assert(bare(await draw()) === bare(kept), "Draw it anew: deno run -A docs/pictures/main.ts");
  });
}
