// Copyright 2026 the Tendril authors. MIT license.
/**
 * The script of the page that connects to the program and puts what it tells where it belongs.
 *
 * @module
 */

/** The text of `app.js`. */
export const APP: string = String.raw`
  "use strict";
  // Connects to the program, and puts what it tells where it belongs.
  import { find, formatNumber, make, setText } from "./dom.js";
  import { freeze, setClock } from "./lanes.js";
  import { beginList, scrollToTop, showList, wantedPart } from "./list.js";
  import { showDetails, showNotices, showWorkers } from "./side.js";
  import { showTiles } from "./tiles.js";

  const STATES = [
    ["", "All"],
    ["ready", "Ready"],
    ["waits", "Waits"],
    ["async", "Async"],
    ["switched", "Switched"],
  ];

  const query = find("#query");
  let viewer = 0;
  let state = "";
  let order = "tree";
  let paused = false;
  let over = false;
  let overview = null;
  let program = "";

  // ---- the connection -----------------------------------------------------------------------------

  const source = new EventSource("events");
  source.onmessage = (event) => receive(JSON.parse(event.data));
  source.onerror = () => {
    if (over) return;
    setLink("over", "Connection lost; the program may have ended");
    setOver(true);
  };

  function receive(message) {
    switch (message.type) {
      case "hello":
        viewer = message.viewer;
        program = message.program;
        setText(find("#program"), (program ? program + ", " : "") + "process " + message.pid);
        setLink("live", "Live");
        setOver(false);
        return ask();
      case "look":
        return paused ? undefined : showLook(message);
      case "list":
        return paused ? undefined : showPart(message.list);
      case "notices":
        return hear(message.notices);
      case "end":
        return finish("The program has ended with code " + message.code);
      case "stop":
        return finish("The inspector was stopped");
    }
  }

  function setLink(kind, text) {
    find("#link").dataset.state = kind;
    setText(find("#link"), text);
  }

  function finish(text) {
    over = true;
    source.close();
    setLink("over", text);
    setOver(true);
    document.title = "Ended – Tendril";
  }

  /** What is shown is of the past, or of now again. */
  function setOver(on) {
    document.body.classList.toggle("over", on);
    freeze(on || paused);
  }

  async function post(name, body) {
    const response = await fetch(name, { method: "POST", body: JSON.stringify(body) });
    return response.text();
  }

  // ---- what is wanted -----------------------------------------------------------------------------

  let asking = false;
  let askAgain = false;
  let extra = {};
  /** Tells the program what is in sight; one request at a time, however fast somebody scrolls. */
  async function ask(more = {}) {
    extra = { ...extra, ...more };
    if (asking) {
      askAgain = true;
      return;
    }
    if (viewer === 0 || over) return;
    asking = true;
    const wanted = { viewer, query: query.value.trim(), state, order, ...wantedPart(), ...extra };
    extra = {};
    await post("view", wanted).catch(() => {});
    setTimeout(() => {
      asking = false;
      if (!askAgain) return;
      askAgain = false;
      ask();
    }, 40);
  }

  async function kill(id) {
    const answer = await post("kill", { id }).catch(() => "The program cannot be reached");
    setText(find("#said"), answer);
  }

  function change(more = {}) {
    if (more.reveal !== undefined) choose("", "", "tree");
    ask(more);
  }

  /** Sets what is searched for, and shows it in the controls. */
  function choose(text, newState, newOrder) {
    query.value = text;
    state = newState;
    order = newOrder;
    mark();
  }

  function mark() {
    for (const button of document.querySelectorAll("#states button")) {
      button.setAttribute("aria-pressed", button.dataset.state === state);
    }
    for (const button of document.querySelectorAll("#order button")) {
      button.setAttribute("aria-pressed", button.dataset.order === order);
    }
    if (overview !== null) showKinds(overview.kinds);
  }

  function search(text, newState = state, newOrder = order) {
    choose(text, newState, newOrder);
    scrollToTop();
    ask();
  }

  // ---- what is shown ------------------------------------------------------------------------------

  function showLook(look) {
    overview = look.overview;
    setClock(overview.time);
    showTiles(overview);
    showKinds(overview.kinds);
    showWorkers(overview.workers);
    showStates(overview.states);
    find("#sampled").hidden = !overview.sampled;
    hear(look.notices);
    if (overview.ring !== "") {
      alarm("These wait for one another", overview.ring);
    } else if (overview.stuck) {
      alarm("All wait, and nothing that the runtime knows of can wake one", "");
    } else if (!deadlocked) find("#alarm").hidden = true;
    document.title = formatNumber(overview.alive) + " greenlets – " + (program || "Tendril");
    showPart(look.list);
  }

  function showPart(part) {
    showList(part);
    showDetails(part.details);
    const filtered = query.value.trim() !== "" || state !== "";
    const what = filtered ? " found" : part.total === 1 ? " greenlet" : " greenlets";
    setText(find("#shown"), formatNumber(part.total) + what);
    find("#empty").hidden = part.total > 0;
    setText(find("#empty"), filtered ? "No greenlet matches" : "No greenlet is alive");
  }

  let deadlocked = false;
  function hear(notices) {
    showNotices(notices);
    const deadlock = notices.findLast((notice) => notice.kind === "deadlock");
    if (deadlock === undefined) return;
    deadlocked = true;
    dismissed = "";
    alarm("Deadlock", deadlock.text);
  }

  let dismissed = "";
  function alarm(heading, text) {
    if (dismissed === heading + text) return;
    if (deadlocked && heading !== "Deadlock") return;
    const box = find("#alarm");
    setText(box.querySelector("h2"), heading);
    setText(box.querySelector("pre"), text);
    box.querySelector("pre").hidden = text === "";
    box.hidden = false;
  }
  find("#alarm button").addEventListener("click", () => {
    const box = find("#alarm");
    dismissed = box.querySelector("h2").textContent + box.querySelector("pre").textContent;
    deadlocked = false;
    box.hidden = true;
  });

  function showStates(states) {
    for (const button of document.querySelectorAll("#states button")) {
      const name = button.dataset.state;
      // States that hardly ever occur take no room until they do.
      const rare = name === "async" || name === "switched";
      button.hidden = rare && states[name] === 0 && state !== name;
      if (name !== "") button.title = formatNumber(states[name]) + " " + name;
    }
  }

  const kindBox = find("#kinds");
  function showKinds(kinds) {
    const text = query.value.trim();
    while (kindBox.children.length > kinds.length) kindBox.lastChild.remove();
    while (kindBox.children.length < kinds.length) {
      const button = make("button", "", "", make("i"), make("b"), make("span"));
      button.type = "button";
      kindBox.append(button);
    }
    kinds.forEach(([number, label, count], i) => {
      const button = kindBox.children[i];
      const [swatch, name, tally] = button.children;
      swatch.className = "k" + number % 8;
      setText(name, label);
      setText(tally, formatNumber(count));
      button.dataset.label = label;
      button.setAttribute("aria-pressed", text === label);
    });
  }
  kindBox.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (button === null) return;
    const { label } = button.dataset;
    search(query.value.trim() === label ? "" : label);
  });

  // ---- controls -----------------------------------------------------------------------------------

  for (const [name, label] of STATES) {
    const button = make("button", "", label);
    button.type = "button";
    button.dataset.state = name;
    button.setAttribute("aria-pressed", name === "");
    button.addEventListener("click", () => search(query.value, name));
    find("#states").append(button);
  }
  for (const button of document.querySelectorAll("#order button")) {
    button.addEventListener("click", () => search(query.value, state, button.dataset.order));
  }
  query.addEventListener("input", () => search(query.value));
  query.addEventListener("keydown", (event) => {
    if (event.key === "Escape") search("");
    else if (event.key === "ArrowDown" || event.key === "Enter") find("#list").focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.target === query) return;
    event.preventDefault();
    query.focus();
  });
  find("#pause").addEventListener("click", ({ target }) => {
    paused = !paused;
    target.setAttribute("aria-pressed", paused);
    setText(target, paused ? "Resume" : "Pause");
    setOver(document.body.classList.contains("over"));
    if (!paused) ask();
  });

  beginList(change, kill);
`;
