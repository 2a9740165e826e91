// Copyright 2026 the Tendril authors. MIT license.
/**
 * Serves small files of seeded sizes: `/17` is always the same 1 to 16 KiB. Prints its address and
 * lives until standard input ends.
 *
 * @module
 */
const SMALLEST = 1_024;
const LARGEST = 16_384;
const CONTENT = new Uint8Array(LARGEST).map((_, index) => index);

const server = Deno.serve({
  port: 0,
  hostname: "127.0.0.1",
  handler: answer,
  onListen: ({ port }) => console.log(`http://127.0.0.1:${port}`),
});

function answer(request: Request): Response {
  const file = Number(request.url.slice(request.url.lastIndexOf("/") + 1));
  const share = (Math.imul(file + 1, 2_654_435_761) >>> 0) / 2 ** 32;
  const size = SMALLEST + Math.floor(share * (LARGEST - SMALLEST));
  return new Response(CONTENT.subarray(0, size));
}

await Deno.stdin.readable.pipeTo(new WritableStream());
await server.shutdown();
