// Copyright 2026 the Tendril authors. MIT license.
import { assertEquals } from "@std/assert";
import { pathToFileURL } from "node:url";
import { anchorsOf, checkLinks, linksOf } from "../../tools/check/links.ts";

Deno.test("every relative link in the repository leads somewhere", async () => {
  const { problems } = await checkLinks(new URL("../../", import.meta.url));
  assertEquals(problems, []);
});

Deno.test("links, images and definitions are found, those in code are not", () => {
  const page = [
    "[a](a.md) and ![b](b.svg)",
    "`[c](c.md)`",
    "```md",
    "[d](d.md)",
    "```",
    '[e](e.md#part "title")',
    "[f]: f.md",
  ];
  assertEquals(linksOf(page.join("\n")), [
    { target: "a.md", line: 1 },
    { target: "b.svg", line: 1 },
    { target: "e.md#part", line: 6 },
    { target: "f.md", line: 7 },
  ]);
});

Deno.test("anchors are those that GitHub makes of headings", () => {
  const page =
    "# The `Lock`, explained\n## Part\n## Part\n```\n# no heading\n```\n## tendril/no-op";
  assertEquals([...anchorsOf(page)], ["the-lock-explained", "part", "part-1", "tendrilno-op"]);
});

Deno.test("a link to no file and one to no heading are problems", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const page = "# Top\n[a](#top) [b](#bottom) [c](other.md#there) [d](other.md#gone) [e](no.md)";
    await Deno.writeTextFile(`${folder}/page.md`, page);
    await Deno.writeTextFile(`${folder}/other.md`, "## There");
    assertEquals(await checkLinks(pathToFileURL(`${folder}/`)), {
      problems: [
        "page.md:2: other.md has no heading #gone",
        "page.md:2: page.md has no heading #bottom",
        "page.md:2: there is no no.md",
      ],
      count: 5,
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
