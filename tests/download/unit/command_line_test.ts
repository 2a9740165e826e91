// Copyright 2026 the Tendril authors. MIT license.
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { parseCommandLine } from "../../../examples/download/command_line.ts";
import { UsageError } from "../../../examples/download/errors.ts";
import { HELP } from "../../../examples/download/help.ts";
import { parseList } from "../../../examples/download/list.ts";

const URL = "https://example.com/one.zip";

Deno.test("every option is understood", () => {
  const { options, items, dryRun, json, progress } = parseCommandLine([
    ...["-d", "data", "-o", "name.zip", "-j", "3", "-x", "2", "-s", "5", "--piece-size", "2M"],
    ...["--retries", "0", "--connect-timeout=1", "--header-timeout=2", "--stall-timeout=3"],
    ...["--min-speed=500", "--max-time=4", "--limit-rate=1.5K", "--header", "A: b: c"],
    ...["--header=D:", "--no-continue", "--if-exists", "rename", "--no-progress", "--json"],
    ...["--dry-run", "--allow-downgrade", "--checksum", `md5:${"0".repeat(32)}`],
    ...["--mirror", "https://a.example/", "--mirror=https://b.example/", URL],
  ]);
  assertEquals(options, {
    dir: "data",
    concurrency: 3,
    perHost: 2,
    segments: 5,
    pieceSize: 2 * 1024 * 1024,
    retries: 0,
    connectTimeout: 1,
    headerTimeout: 2,
    stallTimeout: 3,
    minSpeed: 500,
    maxTime: 4,
    limitRate: 1536,
    headers: { A: "b: c", D: "" },
    resume: false,
    ifExists: "rename",
    allowDowngrade: true,
    sha256: true,
  });
  assertEquals(items, [{
    url: URL,
    out: "name.zip",
    checksum: `md5:${"0".repeat(32)}`,
    mirrors: ["https://a.example/", "https://b.example/"],
  }]);
  assertEquals([dryRun, json, progress], [true, true, false]);
});

Deno.test("without options it continues, shows progress and computes no hash", () => {
  const { options, progress, items } = parseCommandLine([URL, URL]);
  assertEquals([options.resume, progress, options.sha256, items.length], [true, true, false, 2]);
});

Deno.test("a path for --output is a folder and a name", () => {
  const parts = (...args: string[]) => {
    const { options, items } = parseCommandLine([...args, URL]);
    return [options.dir, items[0]!.out];
  };
  assertEquals(parts("-o", "a/b/c"), ["a/b", "c"]);
  assertEquals(parts("-o", "a/b", "-d", "x"), ["x/a", "b"]);
  assertEquals(parts("-o", "/a/b", "-d", "x"), ["/a", "b"]);
  assertEquals(parts("-o", "/a"), ["/", "a"]);
});

Deno.test("- is standard input", () => {
  assertEquals(parseCommandLine(["-i", "-"]).input, "-");
});

const wrong: [string[], RegExp][] = [
  [["--nonsense"], /"--nonsense": there is no such option/],
  [["-q"], /no such option/],
  [["--retries=-1", URL], /--retries/],
  [["--retries", "1.5", URL], /--retries: it must be a whole number of at least 0, got "1.5"/],
  [["-j", "", URL], /--concurrency: it needs one value/],
  [["--limit-rate", "0", URL], /--limit-rate/],
  [["--limit-rate", "fast", URL], /--limit-rate.*500K/],
  [["--header", "nonsense", URL], /--header.*Name: value/],
  [["--header", "a b: c", URL], /--header/],
  [["--if-exists", "maybe", URL], /--if-exists: it is skip, overwrite, rename, newer/],
  [["-o", "name", URL, URL], /--output: it is for exactly one URL/],
  [["-o", "name", "-i", "list", URL], /--output: it is for exactly one URL/],
  [["--checksum", "md5:0", URL, URL], /--checksum: it is for exactly one URL/],
  [["--mirror", URL], /--mirror: it is for exactly one URL/],
];

for (const [args, message] of wrong) {
  Deno.test(`it is wrong usage to write ${args.join(" ")}`, () => {
    const error = assertThrows(() => parseCommandLine(args), UsageError);
    assertMatch(error.message, message);
  });
}

Deno.test("the help fits a screen and tells of every option", () => {
  const lines = HELP.split("\n");
  assert(lines.length <= 24, `${lines.length} lines`);
  for (const line of lines) assert(line.length <= 80, line);
  const names =
    "dir output input concurrency per-host segments piece-size retries connect-timeout " +
    "header-timeout stall-timeout min-speed max-time checksum mirror limit-rate header no-continue " +
    "if-exists no-progress json dry-run help version allow-downgrade";
  for (const name of names.split(" ")) assert(HELP.includes(`--${name}`), name);
});

Deno.test("a list gives URLs, checksums and names, and passes over the rest", () => {
  const sum = "0".repeat(64);
  assertEquals(
    parseList(`# two\n\n  ${URL}  sha256=${sum} out=two.zip\r\n${URL}\tmd5=1\n`),
    [
      { url: URL, checksum: `sha256:${sum}`, out: "two.zip" },
      { url: URL, checksum: "md5:1" },
    ],
  );
});

Deno.test("a list with anything else is wrong usage", () => {
  assertThrows(() => parseList(`${URL} size=3`), UsageError, '"size=3"');
  assertThrows(() => parseList(`${URL} nonsense`), UsageError, '"nonsense"');
});
