// Copyright 2026 the Tendril authors. MIT license.
/**
 * The page itself.
 *
 * @module
 */

/** The text of `index.html`. */
export const PAGE_HTML: string = String.raw`
  <!doctype html>
  <html lang="en">
    <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>Tendril inspector</title>
      <link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32' fill='none' stroke='%232fa36b' stroke-width='4' stroke-linecap='round'%3E%3Cpath d='M7 29c0-9 15-6 15-16a7 7 0 0 0-14 0 4 4 0 0 0 7 2'/%3E%3C/svg%3E">
      <link rel="stylesheet" href="style.css">
      <link rel="stylesheet" href="board.css">
      <link rel="stylesheet" href="side.css">
      <script type="module" src="app.js"></script>
    </head>
    <body>
      <header>
        <svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true">
          <path d="M7 29c0-9 15-6 15-16a7 7 0 0 0-14 0 4 4 0 0 0 7 2" />
        </svg>
        <h1>Tendril</h1>
        <span id="program"></span>
        <span id="link" role="status" data-state="wait">Connecting</span>
        <button id="pause" type="button" aria-pressed="false">Pause</button>
      </header>
      <section id="alarm" role="alert" hidden>
        <h2></h2>
        <pre tabindex="0"></pre>
        <button type="button">Dismiss</button>
      </section>
      <section id="tiles" aria-label="Counters"></section>
      <section id="tools" aria-label="What to show">
        <input
          id="query"
          type="search"
          placeholder="Search names, functions, wait reasons"
          aria-label="Search greenlets by name, function or wait reason"
          autocomplete="off"
          spellcheck="false"
        >
        <div id="states" class="choice" role="group" aria-label="State"></div>
        <div id="order" class="choice" role="group" aria-label="Order">
          <button type="button" data-order="tree" aria-pressed="true">Tree</button>
          <button type="button" data-order="age" aria-pressed="false">Longest first</button>
        </div>
        <div id="kinds" role="group" aria-label="What is waited for"></div>
      </section>
      <main>
        <section id="board" aria-label="Greenlets">
          <div id="columns" aria-hidden="true">
            <span>Greenlet</span><span>State</span><span>Waits for</span><span>For</span>
            <span class="axis"><i>30 s ago</i><i id="sampled" hidden>sampled</i><i>now</i></span>
          </div>
          <div id="view">
            <div
              id="list"
              role="treegrid"
              tabindex="0"
              aria-label="Greenlets. Arrow keys move, left and right fold, Enter shows all about one, Delete kills it."
            >
              <div id="sizer" role="presentation"></div>
            </div>
            <canvas id="lanes" aria-hidden="true"></canvas>
            <p id="empty" hidden></p>
          </div>
          <p id="foot">
            <span id="shown"></span>
            <span class="legend" aria-hidden="true"><i class="ran"></i>ran<i class="ready"></i>ready<i></i>waits, coloured by what for</span>
            <span class="keys"><kbd>/</kbd> search <kbd>↑</kbd> <kbd>↓</kbd> move <kbd>←</kbd> <kbd
              >→</kbd> fold <kbd>Del</kbd> kill</span>
          </p>
        </section>
        <aside>
          <section id="details" aria-label="The chosen greenlet" hidden></section>
          <section id="workers" aria-label="Workers" hidden><h2>Workers</h2><ul></ul></section>
          <section id="news" aria-label="Notices">
            <h2>Notices</h2>
            <ol role="log"><li class="none">Failures, kills and greenlets that hold the isolate are listed here.</li></ol>
          </section>
        </aside>
      </main>
      <p id="said" role="status" aria-live="polite"></p>
    </body>
  </html>
`;
