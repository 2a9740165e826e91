// Copyright 2026 the Tendril authors. MIT license.
// Downloads in the fastest way that bare Deno has: the URLs in a list into a folder, some at a time, each in
// some pieces. No checks, no tries, no limits.

const SMALL = 256 * 1024;
const PIECE = 8 * 1024 * 1024;

const [list = "", folder = "", concurrency = "", segments = ""] = Deno.args;
const urls = Deno.readTextFileSync(list).trim().split("\n").values();
await times(Number(concurrency), async () => {
  for (const url of urls) {
    const path = `${folder}/${url.slice(url.lastIndexOf("/") + 1)}`;
    await (segments === "1" ? download(url, path) : downloadPieces(url, path, Number(segments)));
  }
});

async function download(url: string, path: string): Promise<void> {
  const response = await fetch(url, { headers: { "accept-encoding": "identity" } });
  if (Number(response.headers.get("content-length")) <= SMALL) {
    Deno.writeFileSync(path, await response.bytes());
  } else {
    const file = Deno.openSync(path, { write: true, create: true });
    await response.body!.pipeTo(file.writable);
  }
}

async function downloadPieces(url: string, path: string, segments: number): Promise<void> {
  const { headers } = await fetch(url, { method: "HEAD" });
  const length = Number(headers.get("content-length"));
  Deno.writeFileSync(path, new Uint8Array());
  let next = 0;
  await times(segments, async () => {
    while (next < length) {
      const start = next;
      next += PIECE;
      const range = `bytes=${start}-${Math.min(next, length) - 1}`;
      const response = await fetch(url, { headers: { range } });
      const file = Deno.openSync(path, { write: true });
      file.seekSync(start, Deno.SeekMode.Start);
      await response.body!.pipeTo(file.writable);
    }
  });
}

async function times(count: number, work: () => Promise<void>): Promise<void> {
  await Promise.all(Array.from({ length: count }, work));
}
