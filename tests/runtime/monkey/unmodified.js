// Knows nothing of greenlets but that it is run in them, see auto_test.ts.
const { run, spawnWith, dump } = await import("@tendril/tendril");
const require = (await import("node:module")).createRequire(import.meta.url);
const { readFile } = require("node:fs/promises");

const poll = async () => {
  for (;;) await new Promise((resolve) => setTimeout(resolve, 1_000_000));
};

await run(async () => {
  const poller = spawnWith({ name: "poller" }, poll);
  console.log((await readFile(import.meta.filename, "utf8")).length > 0);
  console.log(dump().includes("poller: waits for timer of 1000000 ms"));
  console.log(await poller.kill());
});
