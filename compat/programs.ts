// Copyright 2026 the Tendril authors. MIT license.
// Servers that are programs of the system: each is started for one test file, in a folder of its own.

const POSTGRES = "/usr/lib/postgresql";

/** Where a program is, if it is installed. */
export function findProgram(name: string): string | undefined {
  const folders = (Deno.env.get("PATH") ?? "").split(":");
  // Debian keeps these out of the way.
  if (exists(POSTGRES)) {
    for (const { name } of Deno.readDirSync(POSTGRES)) folders.unshift(`${POSTGRES}/${name}/bin`);
  }
  return folders.map((folder) => `${folder}/${name}`).find(exists);
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path) !== null;
  } catch {
    return false;
  }
}

/** A program that serves, and its folder. */
export class Program {
  readonly #child: Deno.ChildProcess;
  /** What it logs; not read while tests run, which are looked at for what they leave open. */
  readonly #log: ReadableStreamDefaultReader<Uint8Array>;
  readonly #folder: string;
  /** Where it listens. */
  readonly port: number;

  private constructor(
    child: Deno.ChildProcess,
    log: ReadableStreamDefaultReader<Uint8Array>,
    folder: string,
    port: number,
  ) {
    this.#child = child;
    this.#log = log;
    this.#folder = folder;
    this.port = port;
  }

  /** Starts Redis. */
  static redis(program: string): Promise<Program> {
    const folder = Deno.makeTempDirSync();
    const port = freePort();
    const args = ["--port", `${port}`, "--bind", "127.0.0.1", "--dir", folder, "--save", ""];
    return Program.#start(
      program,
      { args, log: "stdout" },
      "Ready to accept connections",
      folder,
      port,
    );
  }

  /** Starts PostgreSQL with an empty database; it refuses to be run by root. */
  static async postgres(program: string): Promise<Program> {
    const folder = Deno.makeTempDirSync();
    const user = Deno.uid() === 0 ? userOf("postgres") : {};
    if (user.uid !== undefined) Deno.chownSync(folder, user.uid, user.gid ?? null);
    const data = `${folder}/data`;
    const init = new Deno.Command(program.replace(/postgres$/, "initdb"), {
      ...user,
      args: ["-D", data, "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8", "--locale=C"],
      cwd: folder,
      stdout: "null",
    });
    const { success } = await init.output();
    if (!success) throw new Error(`Cannot make a database in ${data}: see above`);
    const port = freePort();
    // Else it does not look whether a client that waits for a lock is still there.
    const settings = ["fsync=off", "client_connection_check_interval=20ms"];
    const args = ["-D", data, "-k", folder, "-h", "127.0.0.1", "-p", `${port}`]
      .concat(settings.flatMap((setting) => ["-c", setting]));
    const options = { ...user, args, cwd: folder, log: "stderr" } as const;
    return Program.#start(program, options, "ready to accept connections", folder, port);
  }

  static async #start(
    program: string,
    options: Deno.CommandOptions & { log: "stdout" | "stderr" },
    ready: string,
    folder: string,
    port: number,
  ): Promise<Program> {
    const { log, ...rest } = options;
    const streams = { stdout: "null", stderr: "null", [log]: "piped" } as const;
    const child = new Deno.Command(program, { ...rest, ...streams }).spawn();
    const started = new Program(child, child[log].getReader(), folder, port);
    const decoder = new TextDecoder();
    for (let text = ""; !text.includes(ready);) {
      const { done, value } = await started.#log.read();
      if (done) {
        await started.stop();
        throw new Error(`Cannot start ${program}: ${text}`);
      }
      text += decoder.decode(value, { stream: true });
    }
    return started;
  }

  /** Ends it and removes its folder. */
  async stop(): Promise<void> {
    try {
      this.#child.kill("SIGINT");
    } catch {
      // It has ended.
    }
    while (!(await this.#log.read()).done);
    await this.#child.status;
    await Deno.remove(this.#folder, { recursive: true });
  }
}

/** A port that nobody listened at a moment ago. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

function userOf(name: string): { uid?: number; gid?: number } {
  const line = Deno.readTextFileSync("/etc/passwd").split("\n")
    .find((line) => line.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(":") ?? [];
  return line === undefined ? {} : { uid: Number(uid), gid: Number(gid) };
}
