// Copyright 2026 the Tendril authors. MIT license.
// The rows of node:fs/promises.

import fs from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { inFolder, inPipe, ownerOf } from "./fs_rows.ts";
import { recorded, row } from "./table.ts";

const calls: Record<string, (folder: string) => Promise<unknown>> = {
  access: (folder) => fs.access(`${folder}/a`),
  copyFile: (folder) => fs.copyFile(`${folder}/a`, `${folder}/b`),
  cp: (folder) => fs.cp(`${folder}/a`, `${folder}/b`),
  rename: (folder) => fs.rename(`${folder}/a`, `${folder}/b`),
  truncate: (folder) => fs.truncate(`${folder}/a`),
  rm: (folder) => fs.rm(`${folder}/a`),
  rmdir: (folder) => fs.rmdir(`${folder}/empty`),
  mkdir: (folder) => fs.mkdir(`${folder}/b`),
  readdir: (folder) => fs.readdir(folder),
  symlink: (folder) => fs.symlink(`${folder}/a`, `${folder}/b`),
  lstat: (folder) => fs.lstat(`${folder}/a`),
  stat: (folder) => fs.stat(`${folder}/a`),
  statfs: (folder) => fs.statfs(folder),
  link: (folder) => fs.link(`${folder}/a`, `${folder}/b`),
  unlink: (folder) => fs.unlink(`${folder}/a`),
  chmod: (folder) => fs.chmod(`${folder}/a`, 0o600),
  lchmod: (folder) => fs.lchmod(`${folder}/a`, 0o600),
  lchown: (folder) => fs.lchown(`${folder}/a`, ...ownerOf(`${folder}/a`)),
  chown: (folder) => fs.chown(`${folder}/a`, ...ownerOf(`${folder}/a`)),
  utimes: (folder) => fs.utimes(`${folder}/a`, 1, 1),
  lutimes: (folder) => fs.lutimes(`${folder}/a`, 1, 1),
  mkdtemp: (folder) => fs.mkdtemp(`${folder}/b`),
  // Not yet in the types.
  mkdtempDisposable: (folder) =>
    (fs as unknown as Pick<typeof fs, "mkdtemp"> & Record<string, typeof fs.mkdtemp>)
      .mkdtempDisposable!(`${folder}/b`),
  readlink: (folder) => fs.readlink(`${folder}/link`),
  realpath: (folder) => fs.realpath(`${folder}/link`),
  appendFile: (folder) => fs.appendFile(`${folder}/a`, "more"),
  writeFile: (folder) => fs.writeFile(`${folder}/a`, "more"),
  open: async (folder) => await (await fs.open(`${folder}/a`)).close(),
  opendir: async (folder) => await (await fs.opendir(folder)).close(),
};
const verbs: Record<string, string> = {
  readlink: "read link",
  realpath: "resolve",
  appendFile: "append to",
  writeFile: "write",
  opendir: "open",
};
for (const [name, call] of Object.entries(calls)) {
  const needsMore = name === "access" || name === "statfs"; // these ask about the system
  const make = inFolder(() => `${verbs[name] ?? name} /`, call);
  recorded(`node:fs/promises.${name}`, make, { needsMore });
}

recorded(
  "node:fs/promises.readFile",
  inPipe("read /", (path) => Promise.resolve({ read: () => fs.readFile(path, "utf8") })),
);

/** Watching a folder in which nothing happens until `finish`. */
row("node:fs/promises.watch", () => {
  const folder = Deno.makeTempDirSync();
  return {
    async quick() {
      for await (const _ of fs.watch(folder)) break;
    },
    finish: () => Deno.writeTextFileSync(`${folder}/a`, "text"),
    reason: `watch ${folder}`,
    close: () => Deno.removeSync(folder, { recursive: true }),
  };
});
row("node:fs/promises.glob", () => {
  const folder = Deno.makeTempDirSync();
  let paths: AsyncIterableIterator<string>;
  return {
    async quick() {
      paths = fs.glob(`${folder}/*`) as AsyncIterableIterator<string>;
      for await (const _ of paths) {
        // One after the other.
      }
    },
    ended: () => paths.return!(), // behind the one with which the kill ended it
    reason: `glob ${folder}`,
    close: () => Deno.removeSync(folder, { recursive: true }),
  };
});

const methods: Record<string, (file: FileHandle) => Promise<unknown>> = {
  appendFile: (file) => file.appendFile("more"),
  chmod: (file) => file.chmod(0o600),
  chown: (file) => file.chown(...ownerOf(".")),
  close: (file) => file.close(),
  datasync: (file) => file.datasync(),
  read: (file) => file.read(new Uint8Array(10)),
  readFile: (file) => file.readFile(),
  readv: (file) => file.readv([new Uint8Array(10)]),
  stat: (file) => file.stat(),
  sync: (file) => file.sync(),
  truncate: (file) => file.truncate(3),
  utimes: (file) => file.utimes(1, 1),
  write: (file) => file.write("text"),
  writeFile: (file) => file.writeFile("text"),
  writev: (file) => file.writev([new Uint8Array(3)]),
};

const FILE_HANDLE = "node:fs/promises.FileHandle.prototype";
for (const [name, call] of Object.entries(methods)) {
  recorded(`${FILE_HANDLE}.${name}`, async () => {
    const path = Deno.makeTempFileSync();
    const file = await fs.open(path, "r+");
    return {
      quick: () => call(file),
      reason: `${name} a file`,
      async close() {
        if (name !== "close") await file.close();
        Deno.removeSync(path);
      },
    };
  });
}
