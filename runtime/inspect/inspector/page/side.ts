// Copyright 2026 the Tendril authors. MIT license.
/**
 * The script of the page for what stands beside the list.
 *
 * @module
 */

/** The text of `side.js`. */
export const SIDE: string = String.raw`
  "use strict";
  // What stands beside the list: all about one greenlet, the workers, and what happened.
  import { find, formatAge, formatNumber, make, setText } from "./dom.js";
  import { askToKill, isSureToKill, select, selectedId, show } from "./list.js";

  const MOST_NOTICES = 200;

  const box = find("#details");
  const title = make("h2");
  const close = make("button", "", "Close");
  const facts = make("dl");
  const killer = make("button", "kill");
  close.type = killer.type = "button";
  box.append(make("header", "", "", title, close), facts, killer);
  close.addEventListener("click", () => select(0));
  killer.addEventListener("click", () => askToKill(selectedId()));
  facts.addEventListener("click", ({ target }) => {
    if (target.dataset.id !== undefined) show(Number(target.dataset.id));
  });

  const STATES = {
    running: "runs",
    ready: "ready to run",
    waits: "waits",
    async: "in an async function",
    switched: "gave control away by switch",
    pending: "not started",
  };

  let last = "";

  /** Shows all about the chosen greenlet; null when it has ended. */
  export function showDetails(details) {
    const id = selectedId();
    box.hidden = id === 0;
    if (id === 0) return;
    if (details === null) {
      killer.hidden = true;
      if (last !== "ended") facts.replaceChildren(make("dt", "", "State"), make("dd", "", "ended"));
      last = "ended";
      return;
    }
    if (details.id !== id) return;
    setText(title, details.name);
    killer.hidden = false;
    setText(killer, isSureToKill(id) ? "Press again to kill it" : "Kill this greenlet");
    killer.classList.toggle("sure", isSureToKill(id));
    const lines = [
      ["Id", details.id],
      ["Function", details.task || "without a name"],
      ["State", details.killed ? "killed, cleans up" : STATES[details.state]],
      ["For", formatAge(details.age)],
      ["Waits for", details.wait],
      ["Held by", details.holder],
      ["Spawned by", details.spawner],
      ["Spawned at", details.site],
      ["Children", details.children > 0 ? formatNumber(details.children) : ""],
      ["Daemon", details.daemon ? "yes, its run does not wait for it" : ""],
      ["Priority", details.priority === 0 ? "" : details.priority],
    ].filter(([, value]) => value !== "" && value !== null);
    const text = JSON.stringify(lines);
    if (text === last) return;
    last = text;
    // A link that has the focus keeps it: the list of facts is made again several times a second.
    const focused = document.activeElement && document.activeElement.dataset.id;
    facts.replaceChildren(...lines.flatMap(([label, value]) => [make("dt", "", label), fact(value)]));
    if (focused) facts.querySelector("[data-id='" + Number(focused) + "']")?.focus();
  }

  function fact(value) {
    if (typeof value !== "object") return make("dd", "", String(value));
    const link = make("button", "", value.name);
    link.type = "button";
    link.dataset.id = value.id;
    return make("dd", "", "", link);
  }

  const workerBox = find("#workers");

  /** Shows the workers. */
  export function showWorkers(workers) {
    workerBox.hidden = workers.length === 0;
    workerBox.querySelector("ul").replaceChildren(...workers.map((worker) => {
      const what = worker.running > 0 ? worker.task : "idle";
      const done = formatNumber(worker.done) + " done";
      const name = make("span", "", worker.name + " ", make("small", "", what));
      return make("li", worker.running > 0 ? "busy" : "", "", name, make("small", "", done));
    }));
  }

  const news = find("#news ol");

  /** Adds notices on top. */
  export function showNotices(notices) {
    if (notices.length === 0) return;
    news.querySelector(".none")?.remove();
    for (const { at, kind, text } of notices) {
      const time = make("time", "", new Date(at).toTimeString().slice(0, 8));
      const item = make("li", "", "", time, make("span", "", text));
      item.dataset.kind = kind;
      news.prepend(item);
    }
    while (news.children.length > MOST_NOTICES) news.lastChild.remove();
  }
`;
