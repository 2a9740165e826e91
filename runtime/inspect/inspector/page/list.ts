// Copyright 2026 the Tendril authors. MIT license.
/**
 * The script of the page for the list of greenlets.
 *
 * @module
 */

/** The text of `list.js`. */
export const LIST: string = String.raw`
  "use strict";
  // The list of greenlets: only the lines in sight exist, and only those are asked for.
  import { find, formatAge, formatNumber, make, setAttribute, setText } from "./dom.js";
  import { addLanes, animate, place } from "./lanes.js";

  const MARGIN = 6;
  /** How long a kill button waits to be pressed again, in milliseconds. */
  const SURE = 3000;

  const list = find("#list");
  const sizer = find("#sizer");
  const lines = [];
  const folded = new Set();
  let shown = { total: 0, offset: 0, rows: [] };
  let height = 34;
  let selected = 0;
  let cursor = -1;
  let wanted = -1;
  let sure = { id: 0, until: 0 };
  let change = () => {};
  let kill = () => {};

  /** Begins; onChange is called when other lines are to be fetched, onKill with the id of one to kill. */
  export function beginList(onChange, onKill) {
    change = onChange;
    kill = onKill;
    list.addEventListener("scroll", () => change());
    list.addEventListener("keydown", pressed);
    sizer.addEventListener("click", clicked);
    new ResizeObserver(measure).observe(list);
    animate((i) => (shown.offset + i) * height - list.scrollTop);
  }

  /** What the server is to send. */
  export function wantedPart() {
    const first = Math.max(0, Math.floor(list.scrollTop / height) - MARGIN);
    const count = Math.ceil(list.clientHeight / height) + 2 * MARGIN;
    return { offset: first, count, selected, folded: [...folded] };
  }

  export function selectedId() {
    return selected;
  }

  export function select(id) {
    selected = id;
    render();
    change();
  }

  export function scrollToTop() {
    list.scrollTop = 0;
  }

  /** Shows what the server sent. */
  export function showList(part) {
    shown = part;
    if (part.revealed >= 0) reveal(part.revealed);
    const at = part.rows.findIndex((row) => row.id === selected);
    if (at >= 0) cursor = part.offset + at;
    if (wanted >= part.offset && wanted < part.offset + part.rows.length) {
      const row = part.rows[wanted - part.offset];
      wanted = -1;
      if (row.id !== selected) select(row.id);
    }
    addLanes(part);
    render();
  }

  function reveal(index) {
    cursor = index;
    const top = index * height;
    if (top >= list.scrollTop && top + height <= list.scrollTop + list.clientHeight) return;
    sizer.style.height = shown.total * height + "px";
    list.scrollTop = top - list.clientHeight / 2;
  }

  function measure() {
    height = parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--row"));
    render();
    measureLanes();
    change();
  }

  function measureLanes() {
    const lane = lines[0] && lines[0].lane;
    if (!lane || lines[0].element.hidden) return;
    const view = list.getBoundingClientRect();
    const box = lane.getBoundingClientRect();
    const row = lines[0].element.getBoundingClientRect();
    place({
      left: box.left - view.left,
      width: box.width,
      height: list.clientHeight,
      laneTop: box.top - row.top,
      laneHeight: box.height,
    });
  }

  function render() {
    const first = lines.length === 0;
    sizer.style.height = shown.total * height + "px";
    setAttribute(list, "aria-rowcount", shown.total);
    while (lines.length < shown.rows.length) lines.push(makeLine(lines.length));
    lines.forEach((line, i) => {
      const row = shown.rows[i];
      line.element.hidden = row === undefined;
      if (row !== undefined) renderLine(line, row, shown.offset + i);
    });
    const at = shown.rows.findIndex((row) => row.id === selected);
    setAttribute(list, "aria-activedescendant", at < 0 ? null : "line" + at);
    if (first && lines.length > 0) measureLanes();
  }

  function makeLine(number) {
    const fold = make("button", "fold");
    fold.type = "button";
    fold.tabIndex = -1;
    const label = make("span", "label");
    const task = make("span", "task");
    const name = make("div", "name", "", fold, label, task);
    const state = make("div", "state");
    const wait = make("div", "wait");
    const age = make("div", "age");
    const lane = make("div", "lane");
    const killer = make("button", "kill");
    killer.type = "button";
    killer.tabIndex = -1;
    const last = make("div", "last", "", killer);
    const element = make("div", "row", "", name, state, wait, age, lane, last);
    element.id = "line" + number;
    element.setAttribute("role", "row");
    for (const cell of [name, state, wait, age, last]) cell.setAttribute("role", "gridcell");
    lane.setAttribute("aria-hidden", "true");
    sizer.append(element);
    return { element, fold, label, task, name, state, wait, age, lane, killer };
  }

  const STATE_WORDS = { waits: "waits", async: "async", switched: "switched away" };

  function renderLine(line, row, index) {
    const { element } = line;
    element.style.transform = "translateY(" + index * height + "px)";
    element.dataset.id = row.id;
    const open = row.children === 0 ? null : !folded.has(row.id);
    setAttribute(element, "aria-rowindex", index + 1);
    setAttribute(element, "aria-level", row.depth + 1);
    setAttribute(element, "aria-expanded", open);
    setAttribute(element, "aria-selected", row.id === selected);
    line.name.style.paddingLeft = Math.min(row.depth, 12) * 16 + "px";
    line.fold.classList.toggle("leaf", open === null);
    setAttribute(
      line.fold,
      "aria-label",
      (open ? "Fold " : "Unfold ") + row.children + " children of " + row.name,
    );
    setText(line.label, row.name);
    line.label.title = row.name;
    // A name that somebody gave says more than that of the function.
    const task = /^Greenlet-\d+$/.test(row.name) ? row.task : "";
    setText(line.task, task + (open === false ? " +" + formatNumber(row.children) : ""));
    line.state.dataset.state = row.killed ? "killed" : row.state;
    setText(line.state, row.killed ? "killed" : STATE_WORDS[row.state] || row.state);
    renderWait(line.wait, row);
    setText(line.age, formatAge(row.age));
    const isSure = sure.id === row.id && sure.until > performance.now();
    line.killer.classList.toggle("sure", isSure);
    setText(line.killer, isSure ? "Sure?" : "Kill");
    setAttribute(line.killer, "aria-label", (isSure ? "Really kill " : "Kill ") + row.name);
  }

  /** What it waits for; where somebody holds that, the reason and a link to the holder. */
  function renderWait(cell, { wait, reason, kind, holder }) {
    cell.className = "wait" + (kind < 0 ? "" : " k" + kind % 8);
    if (cell.dataset.text === wait && cell.dataset.holder === String(holder && holder.id)) return;
    cell.dataset.text = wait;
    cell.dataset.holder = String(holder && holder.id);
    cell.title = wait;
    if (holder === null) return cell.replaceChildren(wait);
    const link = make("button", "", holder.name);
    link.type = "button";
    link.tabIndex = -1;
    link.dataset.reveal = holder.id;
    link.setAttribute("aria-label", "Show " + holder.name + ", which holds it");
    const joins = reason === "join" || reason === "get";
    cell.replaceChildren(make("span", "", reason + (joins ? "" : " held by")), link);
  }

  /** Goes to a greenlet, wherever it is in the list. */
  export function show(id) {
    selected = id;
    folded.clear();
    change({ reveal: id });
  }

  function clicked(event) {
    const button = event.target.closest("button");
    const element = event.target.closest(".row");
    if (element === null) return;
    const id = Number(element.dataset.id);
    if (button === null) return select(selected === id ? 0 : id);
    if (button.classList.contains("kill")) return askToKill(id);
    if (button.dataset.reveal !== undefined) return show(Number(button.dataset.reveal));
    toggle(id);
  }

  /** Kills it if it is asked for the second time. */
  export function askToKill(id) {
    if (sure.id === id && sure.until > performance.now()) {
      sure = { id: 0, until: 0 };
      kill(id);
    } else {
      sure = { id, until: performance.now() + SURE };
      setTimeout(render, SURE + 10);
    }
    render();
  }

  export function isSureToKill(id) {
    return sure.id === id && sure.until > performance.now();
  }

  function toggle(id, open = folded.has(id)) {
    if (open) folded.delete(id);
    else folded.add(id);
    change();
  }

  function move(to) {
    if (shown.total === 0) return;
    cursor = Math.max(0, Math.min(to, shown.total - 1));
    const top = cursor * height;
    if (top < list.scrollTop) list.scrollTop = top;
    else if (top + height > list.scrollTop + list.clientHeight) {
      list.scrollTop = top + height - list.clientHeight;
    }
    const row = shown.rows[cursor - shown.offset];
    if (row !== undefined) return select(row.id);
    wanted = cursor;
    change();
  }

  function pressed(event) {
    const page = Math.max(1, Math.floor(list.clientHeight / height) - 1);
    const moves = {
      ArrowDown: cursor + 1,
      ArrowUp: cursor - 1,
      PageDown: cursor + page,
      PageUp: cursor - page,
      Home: 0,
      End: shown.total - 1,
    };
    const row = shown.rows.find(({ id }) => id === selected);
    if (event.key in moves) move(moves[event.key]);
    else if (row === undefined) return;
    else if (event.key === "ArrowLeft" && row.children > 0) toggle(row.id, false);
    else if (event.key === "ArrowRight" && row.children > 0) toggle(row.id, true);
    else if (event.key === "Delete") askToKill(row.id);
    else if (event.key === "Escape") select(0);
    else return;
    event.preventDefault();
  }
`;
