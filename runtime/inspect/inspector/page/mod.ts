// Copyright 2026 the Tendril authors. MIT license.
/**
 * The files of the page, as text in modules: so they come along wherever the package is imported from.
 * (Text imports would do, but the registry refuses them.)
 *
 * @module
 */
import { APP } from "./app.ts";
import { BOARD_STYLE } from "./board_style.ts";
import { DOM } from "./dom.ts";
import { PAGE_HTML } from "./html.ts";
import { LANES } from "./lanes.ts";
import { LIST } from "./list.ts";
import { SIDE } from "./side.ts";
import { SIDE_STYLE } from "./side_style.ts";
import { STYLE } from "./style.ts";
import { TILES } from "./tiles.ts";

/** A file of the page. */
export interface PageFile {
  /** Its media type. */
  readonly type: string;
  /** What is in it. */
  readonly text: string;
}

const html = (text: string): PageFile => ({ type: "text/html; charset=utf-8", text });
const css = (text: string): PageFile => ({ type: "text/css; charset=utf-8", text });
const js = (text: string): PageFile => ({ type: "text/javascript; charset=utf-8", text });

/** The files by their names; the page itself has none. */
export const PAGE: ReadonlyMap<string, PageFile> = new Map([
  ["", html(PAGE_HTML)],
  ["style.css", css(STYLE)],
  ["board.css", css(BOARD_STYLE)],
  ["side.css", css(SIDE_STYLE)],
  ["app.js", js(APP)],
  ["dom.js", js(DOM)],
  ["lanes.js", js(LANES)],
  ["list.js", js(LIST)],
  ["side.js", js(SIDE)],
  ["tiles.js", js(TILES)],
]);
