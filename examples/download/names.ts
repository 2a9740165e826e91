// Copyright 2026 the Tendril authors. MIT license.
/**
 * Names for files that others suggest: the base name only, made harmless.
 *
 * @module
 */

/** What stands where nobody suggests anything. */
const NAMELESS = "index.html";
/** File systems allow 255 bytes; `.part.json~` and a number have to fit behind it. */
const LONGEST = 230;

// Names that are devices on Windows, and characters that are not allowed there, that terminals obey, or
// that turn the direction of writing, so that "gpj.exe" looks like "exe.jpg".
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$)(\.|$)/i;
const FORBIDDEN = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069<>:"|?*/\\]/gu;

/** The name for the file of a URL: the last part of its path; "index.html" if there is none. */
export function nameOfUrl(url: URL): string {
  const last = url.pathname.split("/").findLast((part) => part !== "") ?? "";
  return safeName(decodePercent(last)) || NAMELESS;
}

/** The name that a Content-Disposition header suggests, if it does. */
export function nameOfDisposition(header: string | null): string | undefined {
  if (header === null) return undefined;
  const parameters = new Map(
    Array.from(
      header.matchAll(/;\s*(filename\*?)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]*))/gi),
      ([, key, quoted, token]) => [
        key!.toLowerCase(),
        quoted?.replace(/\\(.)/g, "$1") ?? token!.trim(),
      ],
    ),
  );
  const extended = decodeExtended(parameters.get("filename*"));
  const suggested = extended ?? decodeRaw(parameters.get("filename") ?? "");
  // The part behind the last slash; and no dot in front, which would hide it or make it a setting.
  const base = suggested.split(/[/\\]/).findLast((part) => part !== "") ?? "";
  return safeName(base.replace(/^[. ]+/, "")) || undefined;
}

/** The name without what could do harm; empty if nothing is left. */
export function safeName(text: string): string {
  const name = shorten(text.replace(FORBIDDEN, "_")).replace(/[. ]+$/, "");
  return RESERVED.test(name) ? `_${name}` : name;
}

/** The name with a number: "photo.1.jpg". */
export function numberedName(name: string, number: number): string {
  const dot = name.lastIndexOf(".");
  return dot > 0 ? `${name.slice(0, dot)}.${number}${name.slice(dot)}` : `${name}.${number}`;
}

/** A name that fits; its ending stays. */
function shorten(name: string): string {
  if (name.length * 3 <= LONGEST) return name; // whatever its letters are
  const size = (text: string) => new TextEncoder().encode(text).length;
  if (size(name) <= LONGEST) return name;
  const ending = /\.[^.]{1,16}$/.exec(name)?.[0] ?? "";
  const letters = Array.from(name.slice(0, name.length - ending.length));
  while (size(letters.join("")) > LONGEST - size(ending)) letters.pop();
  return letters.join("") + ending;
}

function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a lone percent sign
  }
}

/** `UTF-8''na%C3%AFve.txt`, RFC 8187. */
function decodeExtended(value: string | undefined): string | undefined {
  const [, charset, encoded] = /^([\w-]+)'[^']*'(.*)$/.exec(value ?? "") ?? [];
  if (encoded === undefined) return undefined;
  const bytes = Uint8Array.from(
    encoded.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16))),
    (letter) => letter.charCodeAt(0),
  );
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch {
    return undefined; // an unknown character set, or not what it says
  }
}

/** Headers come as Latin-1, whatever was meant; UTF-8 is what most servers send. */
function decodeRaw(text: string): string {
  try {
    const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    return decodePercent(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return text;
  }
}
