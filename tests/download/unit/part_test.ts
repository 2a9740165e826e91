// Copyright 2026 the Tendril authors. MIT license.
import { assertEquals } from "@std/assert";
import { Part } from "../../../examples/download/part.ts";

const FILE = {
  url: "https://example.com/x",
  validator: { header: "etag", value: '"1"' },
  length: 25,
} as const;
const STATE = { ...FILE, pieceSize: 10 };

/** A part in a folder that is removed afterwards. */
function withPart(test: (part: Part, path: string) => void): () => void {
  return () => {
    const folder = Deno.makeTempDirSync({ prefix: "tendril-test-" });
    try {
      test(new Part(`${folder}/x`), `${folder}/x`);
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  };
}

/** Writes so many bytes to a part. */
function write(part: Part, position: number, bytes: number): void {
  using file = part.open(position);
  file.writeSync(new Uint8Array(bytes));
}

Deno.test(
  "a part that was begun is found again, with its pieces",
  withPart((part, path) => {
    part.begin({ ...STATE, pieces: [] });
    write(part, 20, 5);
    part.finish(2);
    const later = new Part(path);
    assertEquals(later.load(FILE), true);
    assertEquals(later.state, { ...STATE, pieces: [2] });
  }),
);

Deno.test(
  "a part is not taken when the file is another",
  withPart((part, path) => {
    part.begin({ ...STATE, pieces: [] });
    write(part, 0, 10);
    const others = [
      { ...FILE, url: "https://example.com/y" },
      { ...FILE, length: 24 },
      { ...FILE, length: undefined },
      { ...FILE, validator: { header: "etag", value: '"2"' } as const },
      { ...FILE, validator: { header: "last-modified", value: '"1"' } as const },
    ];
    for (const other of others) assertEquals(new Part(path).load(other), false);
  }),
);

Deno.test(
  "a part is not taken when its sidecar claims more than there is",
  withPart((part, path) => {
    part.begin({ ...STATE, pieces: [] });
    write(part, 0, 19);
    part.finish(1);
    assertEquals(new Part(path).load(FILE), false);
  }),
);

Deno.test(
  "commit() leaves the file and nothing else",
  withPart((part, path) => {
    part.begin({ ...STATE, pieces: [] });
    write(part, 0, 25);
    part.commit(path);
    const folder = path.slice(0, path.lastIndexOf("/"));
    assertEquals(Array.from(Deno.readDirSync(folder), ({ name }) => name), ["x"]);
  }),
);

Deno.test(
  "a part that nobody can go on with has no sidecar",
  withPart((part, path) => {
    part.begin({ ...STATE, pieces: [] });
    part.begin(undefined);
    const folder = path.slice(0, path.lastIndexOf("/"));
    assertEquals(Array.from(Deno.readDirSync(folder), ({ name }) => name), ["x.part"]);
  }),
);
