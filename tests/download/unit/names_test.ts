// Copyright 2026 the Tendril authors. MIT license.
import { assert, assertEquals } from "@std/assert";
import {
  nameOfDisposition,
  nameOfUrl,
  numberedName,
  safeName,
} from "../../../examples/download/names.ts";

const urls: [string, string][] = [
  ["https://example.com/data/one.zip", "one.zip"],
  ["https://example.com/one.zip?version=2#part", "one.zip"],
  ["https://example.com", "index.html"],
  ["https://example.com/folder/", "folder"],
  ["https://example.com/na%C3%AFve%20file.txt", "naïve file.txt"],
  ["https://example.com/100%", "100%"],
  ["https://example.com/..%2F..%2Fetc%2Fpasswd", ".._.._etc_passwd"],
  ["https://example.com/a%00b", "a_b"],
  ["https://example.com/%2e%2e%2f", ".._"],
  ["https://example.com/con.txt", "_con.txt"],
  ["https://example.com/%E2%80%AEgpj.exe", "_gpj.exe"],
];

for (const [url, name] of urls) {
  Deno.test(`nameOfUrl() makes "${name}" of ${url}`, () => {
    assertEquals(nameOfUrl(new URL(url)), name);
  });
}

const headers: [string, string | undefined][] = [
  ["attachment", undefined],
  ["attachment; filename=plain.txt", "plain.txt"],
  ['attachment; filename="with space; and more.txt"', "with space; and more.txt"],
  ['attachment; filename="quo\\"ted.txt"', "quo_ted.txt"],
  ["attachment; filename=\"plain.txt\"; filename*=UTF-8''na%C3%AFve.txt", "naïve.txt"],
  ["attachment; filename*=UTF-8''na%C3%AFve.txt; filename=\"plain.txt\"", "naïve.txt"],
  ["attachment; filename*=iso-8859-1'en'%A3.txt", "£.txt"],
  ["attachment; filename*=UTF-8''%FF.txt; filename=good.txt", "good.txt"],
  ["attachment; filename*=nonsense''a.txt; filename=good.txt", "good.txt"],
  ['attachment; filename="\u00c3\u00bc.txt"', "ü.txt"], // UTF-8, as a header gives it
  ['attachment; filename="../../etc/passwd"', "passwd"],
  ['attachment; filename="/etc/passwd"', "passwd"],
  ['attachment; filename="C:\\\\Windows\\\\system.ini"', "system.ini"],
  ["attachment; filename*=UTF-8''..%2F..%2Fevil.sh", "evil.sh"],
  ['attachment; filename="%2e%2e%2fevil.sh"', "evil.sh"],
  ['attachment; filename=".."', undefined],
  ['attachment; filename=""', undefined],
  ['attachment; filename=".bashrc"', "bashrc"],
  ['attachment; filename="NUL"', "_NUL"],
  ['attachment; filename="a\tb.txt"', "a_b.txt"],
];

for (const [header, name] of headers) {
  Deno.test(`nameOfDisposition() makes ${name} of ${header}`, () => {
    assertEquals(nameOfDisposition(header), name);
  });
}

Deno.test("nameOfDisposition() gives nothing without a header", () => {
  assertEquals(nameOfDisposition(null), undefined);
});

Deno.test("safeName() cuts a name that no file system takes, and keeps its ending", () => {
  const name = safeName(`${"ü".repeat(300)}.tar`);
  assert(new TextEncoder().encode(name).length <= 230);
  assert(name.endsWith("ü.tar"));
});

Deno.test("safeName() leaves nothing of dots and spaces", () => {
  assertEquals([safeName("..."), safeName(" . "), safeName("")], ["", "", ""]);
});

Deno.test("numberedName() puts the number before the ending", () => {
  assertEquals(
    ["photo.jpg", "README", ".profile"].map((name) => numberedName(name, 2)),
    ["photo.2.jpg", "README.2", ".profile.2"],
  );
});
