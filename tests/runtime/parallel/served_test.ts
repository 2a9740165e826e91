// Copyright 2026 the Tendril authors. MIT license.
/** The package works from a server, as from a registry: workers load their own part from there. */
import { assertEquals } from "@std/assert";

const root = new URL("../../../", import.meta.url);

const PROGRAM = `
import { task, WorkerPool } from "/runtime/parallel/mod.ts";

const twice = task(import.meta, function twice(n: number): number {
  return double(n);
});
function double(n: number): number {
  return n * 2;
}

if (import.meta.main) {
  await using pool = new WorkerPool(2);
  console.log(await pool.map(twice, [1, 2, 3]), await pool.apply((n: number) => n + 1, [1]));
}
`;

/** Serves the package; bare names lead to its own stand-ins, as a registry rewrites them. */
async function serve(request: Request): Promise<Response> {
  const { pathname, origin } = new URL(request.url);
  const headers = { "content-type": "application/typescript" };
  if (pathname === "/program.ts") return new Response(PROGRAM, { headers });
  try {
    const text = await Deno.readTextFile(new URL(`.${pathname}`, root));
    const served = text.replaceAll(
      /"@std\/([\w-]+)\/([\w-]+)"/g,
      (_, name, part) => `"${origin}/tools/std/${name}/${part.replaceAll("-", "_")}.ts"`,
    );
    return new Response(served, { headers });
  } catch {
    return new Response(null, { status: 404 });
  }
}

Deno.test("a program and a package from a server run in workers, with no permission but to import", async () => {
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, serve);
  const host = `127.0.0.1:${server.addr.port}`;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      "--no-config",
      `--reload=http://${host}`,
      `--allow-import=${host}`,
      `http://${host}/program.ts`,
    ],
    env: { NO_COLOR: "1" },
  }).output();
  const said = new TextDecoder().decode(stdout).trim();
  assertEquals(
    { code, said },
    { code: 0, said: "[ 2, 4, 6 ] 2" },
    new TextDecoder().decode(stderr),
  );
});
