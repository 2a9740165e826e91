// Copyright 2026 the Tendril authors. MIT license.
import type { Subject } from "./scenario.ts";

/** The other languages that this machine has, ready to run rivals. */
export interface Toolchains extends AsyncDisposable {
  /** Versions by name, for the description of the machine. */
  versions: Map<string, string>;
  /** Why a subject cannot run here, if it cannot. */
  missing(subject: Subject): string | undefined;
  /** The built Go program. */
  goProgram: string;
}

/** The interpreter that comes with the operating system, where packaged libraries are found. */
export const PYTHON = "/usr/bin/python3";

const RIVALS = new URL("../rivals/", import.meta.url);

/** Looks for Go and Python and builds the Go rivals. */
export async function findToolchains(): Promise<Toolchains> {
  const versions = new Map<string, string>();
  const reasons = new Map<string, string>();
  const folder = await Deno.makeTempDir({ prefix: "tendril-bench-" });
  const goProgram = `${folder}/rivals`;

  const go = await ask("go", ["version"]);
  if (go.ok) versions.set("Go", go.text.replace("go version go", ""));
  const built = go.ok ? await buildGo(goProgram) : { ok: false, text: "go is not installed" };
  if (!built.ok) reasons.set("go", built.text);

  const python = await ask(PYTHON, ["-c", "import platform; print(platform.python_version())"]);
  if (python.ok) versions.set("Python", python.text);
  for (const module of ["greenlet", "gevent"]) {
    const found = await ask(PYTHON, ["-c", `import ${module}; print(${module}.__version__)`]);
    if (found.ok) versions.set(module, found.text);
    else reasons.set(module, `python3 with ${module} is not installed`);
  }

  return {
    versions,
    goProgram,
    missing: (subject) => reasons.get(subject.language === "go" ? "go" : subject.name),
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

async function buildGo(program: string): Promise<Answer> {
  const files: string[] = [];
  for await (const entry of Deno.readDir(RIVALS)) {
    if (entry.name.endsWith(".go")) files.push(entry.name);
  }
  return await ask("go", ["build", "-o", program, ...files.sort()]);
}

interface Answer {
  ok: boolean;
  text: string;
}

async function ask(program: string, args: string[]): Promise<Answer> {
  try {
    const { success, stdout, stderr } = await new Deno.Command(program, { args, cwd: RIVALS })
      .output();
    return { ok: success, text: new TextDecoder().decode(success ? stdout : stderr).trim() };
  } catch (error) {
    return { ok: false, text: error instanceof Error ? error.message : String(error) };
  }
}
