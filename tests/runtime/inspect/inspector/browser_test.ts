// Copyright 2026 the Tendril authors. MIT license.
// The page in a real browser. Needs Chromium; without it these tests are ignored.

import { assertEquals, assertMatch } from "@std/assert";
import {
  Event,
  type Greenlet,
  GreenletExit,
  killAll,
  Lock,
  sleep,
  spawnWith,
} from "@tendril/tendril";
import { type Inspector, inspector } from "@tendril/tendril/inspect";
import type { Browser, Page } from "playwright-core";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const executablePath = PLACES.find((path) => {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
});

interface Opened {
  readonly inspected: Inspector;
  readonly browser: Browser;
  readonly page: Page;
  /** What the page could not do: errors of its scripts, requests that failed or went elsewhere. */
  readonly faults: string[];
}

/** Tests with an inspector whose page is open in a browser. */
function browserTest(name: string, test: (opened: Opened) => Promise<void>): void {
  Deno.test({
    name: `${name}${executablePath === undefined ? " (no Chromium here)" : ""}`,
    ignore: executablePath === undefined,
    // The driver of the browser keeps timers and pipes of its own.
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      const { chromium } = await import("playwright-core");
      await using inspected = inspector();
      const browser = await chromium.launch({
        executablePath: executablePath!,
        args: ["--no-sandbox"],
      });
      try {
        const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
        const faults: string[] = [];
        page.on("pageerror", (error) => faults.push(error.message));
        page.on("console", (message) => {
          if (message.type() === "error") faults.push(message.text());
        });
        page.on("request", (request) => {
          const url = request.url();
          if (!url.startsWith(inspected.url) && !url.startsWith("data:")) faults.push(url);
        });
        await page.goto(inspected.url);
        await test({ inspected, browser, page, faults });
      } finally {
        await browser.close();
      }
    },
  });
}

const line = (page: Page, name: string) => page.locator(".row", { hasText: name });

function sleeper(name: string): Greenlet<unknown> {
  return spawnWith({ name }, sleep, 600_000);
}

browserTest("the page opens, is live, and asks nobody else", async ({ page, faults }) => {
  await page.getByText("Live", { exact: true }).waitFor();
  assertMatch(await page.title(), /^0 greenlets – /);
  await page.getByText("No greenlet is alive").waitFor();
  assertEquals(faults, []);
});

browserTest("the page shows a greenlet by name, and its wait as that changes", async ({ page }) => {
  const event = new Event();
  const greenlet = spawnWith({ name: "tea maker" }, function* () {
    yield* event.wait();
    yield* sleep(600_000);
  });
  await line(page, "tea maker").getByText("event wait").waitFor();
  event.set();
  await line(page, "tea maker").getByText("sleep").waitFor();
  await greenlet.kill();
  await line(page, "tea maker").waitFor({ state: "hidden" });
});

browserTest("a kill button kills when it is pressed twice", async ({ page, faults }) => {
  const doomed = sleeper("doomed");
  const spared = sleeper("spared");
  await page.getByRole("button", { name: "Kill doomed" }).click();
  assertEquals(doomed.dead, false);
  await page.getByRole("button", { name: "Really kill doomed" }).click();
  await line(page, "doomed").waitFor({ state: "hidden" });
  assertEquals([(await doomed.get()) instanceof GreenletExit, spared.dead], [true, false]);
  await page.locator("#news").getByText("doomed was killed from the inspector").waitFor();
  await spared.kill();
  assertEquals(faults, []);
});

browserTest("a wrong secret shows nothing of the program", async ({ inspected, page }) => {
  const hidden = sleeper("hidden");
  const response = await page.goto(`${new URL(inspected.url).origin}/${"x".repeat(24)}/`);
  assertEquals(response!.status(), 403);
  assertMatch((await page.textContent("body"))!, /^Cannot open the inspector: the token/);
  await hidden.kill();
});

browserTest(
  "a page from elsewhere gets nothing, even with the secret",
  async ({ inspected, browser }) => {
    const other = await browser.newPage();
    await using site = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen() {} },
      () => new Response("<p>elsewhere</p>", { headers: { "content-type": "text/html" } }),
    );
    await other.goto(`http://127.0.0.1:${site.addr.port}/`);
    const victim = sleeper("victim");
    const tried = await other.evaluate(async ({ url, id }) => {
      const tries = [
        fetch(url),
        fetch(`${url}kill`, { method: "POST", body: JSON.stringify({ id }) }),
        fetch(`${url}kill`, { method: "POST", body: JSON.stringify({ id }), mode: "no-cors" }),
      ];
      return (await Promise.allSettled(tries)).map(({ status }) => status);
    }, { url: inspected.url, id: victim.id });
    assertEquals(tried.slice(0, 2), ["rejected", "rejected"]);
    assertEquals(victim.dead, false);
    await victim.kill();
    await other.close();
  },
);

browserTest("names are shown as text, whatever they look like", async ({ page, faults }) => {
  const name = "<img src=x onerror=alert(1)><b>bold</b>";
  const greenlet = sleeper(name);
  await page.getByText(name).first().waitFor();
  await page.getByText(name).first().click();
  await page.locator("#details h2", { hasText: name }).waitFor();
  assertEquals(await page.locator("img, .row b").count(), 0);
  await greenlet.kill();
  assertEquals(faults, []);
});

browserTest("a search, and the holder of a lock, lead through thousands", async ({ page }) => {
  const lock = new Lock();
  const many = Array.from({ length: 3000 }, (_, i) => sleeper(`job ${i}`));
  const take = function* () {
    using _lock = yield* lock.acquire();
    yield* sleep(600_000);
  };
  const gs = [...many, ...["holder", "waiter"].map((name) => spawnWith({ name }, take))];
  await page.getByText("3,002 greenlets", { exact: true }).waitFor();
  await page.getByLabel("Search greenlets").fill("job 2999");
  await page.getByText("1 found").waitFor();
  await page.getByLabel("Search greenlets").fill("waiter");
  await line(page, "waiter").getByRole("button", { name: "Show holder" }).click();
  await page.getByText("3,002 greenlets", { exact: true }).waitFor();
  await page.locator(".row[aria-selected=true]", { hasText: "holder" }).waitFor();
  // Only what is in sight exists.
  assertEquals(await page.locator(".row").count() < 100, true);
  await killAll(gs);
});

browserTest("the list is used with the keyboard alone", async ({ page }) => {
  const gs = [sleeper("one"), sleeper("two"), sleeper("three")];
  await line(page, "three").waitFor();
  await page.keyboard.press("/");
  await page.keyboard.press("Enter");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.locator(".row[aria-selected=true]", { hasText: "two" }).waitFor();
  await page.keyboard.press("Delete");
  await page.keyboard.press("Delete");
  await line(page, "two").waitFor({ state: "hidden" });
  assertEquals(gs.map(({ dead }) => dead), [false, true, false]);
  await killAll(gs);
});

browserTest("the page shows that the inspector was stopped", async ({ inspected, page }) => {
  await page.getByText("Live", { exact: true }).waitFor();
  await inspected.stop();
  await page.getByText("The inspector was stopped").waitFor();
});
