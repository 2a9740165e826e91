// Copyright 2026 the Tendril authors. MIT license.
/**
 * The look of the page: colours, light and dark, and what stands above the list.
 *
 * @module
 */

/** The text of `style.css`. */
export const STYLE: string = String.raw`
  :root {
    color-scheme: light dark;
    --ground: light-dark(#f4f6f2, #0e1311);
    --panel: light-dark(#ffffff, #151c19);
    --raised: light-dark(#f0f3ee, #1d2622);
    --line: light-dark(#dfe5dd, #28332e);
    --ink: light-dark(#19211c, #e4ece7);
    --soft: light-dark(#566159, #9bada3);
    --green: light-dark(#1a7447, #62d69d);
    --ready: light-dark(#7fc7a1, #2f7f58);
    --red: light-dark(#b3261e, #ff8a80);
    --alarm: light-dark(#fdeeec, #3a1a18);
    --shadow: 0 1px 2px light-dark(#1921141a, #0006);
    --k0: light-dark(#2762bd, #6ea8ff);
    --k1: light-dark(#945800, #f0b04f);
    --k2: light-dark(#7a4fd0, #b79bff);
    --k3: light-dark(#00727a, #4fd0d6);
    --k4: light-dark(#ab3372, #ff8cc2);
    --k5: light-dark(#5a6b08, #c1d24f);
    --k6: light-dark(#a94025, #ff9472);
    --k7: light-dark(#52677a, #9db4c9);
    --row: 34px;
    --columns: minmax(170px, 1.25fr) 72px minmax(150px, 1.4fr) 68px minmax(150px, 1.3fr) 52px;
    font: 14px/1.4 system-ui, sans-serif;
    font-variant-numeric: tabular-nums;
  }
  * {
    box-sizing: border-box;
  }
  [hidden] {
    display: none !important;
  }
  body {
    margin: 0;
    height: 100dvh;
    display: flex;
    flex-direction: column;
    gap: 12px;
    padding: 12px 16px;
    background: var(--ground);
    color: var(--ink);
    overflow: hidden;
  }
  h1,
  h2,
  p,
  dl,
  dd,
  ol,
  ul,
  pre {
    margin: 0;
    padding: 0;
  }
  button,
  input {
    font: inherit;
    color: inherit;
  }
  button {
    background: var(--panel);
    border: 1px solid var(--line);
    border-radius: 8px;
    padding: 4px 12px;
    cursor: pointer;
  }
  button:hover {
    border-color: var(--soft);
  }
  button[aria-pressed="true"] {
    background: var(--green);
    border-color: var(--green);
    color: var(--panel);
  }
  :focus-visible {
    outline: 2px solid var(--green);
    outline-offset: 1px;
  }
  header {
    display: flex;
    align-items: center;
    gap: 10px;
  }
  header svg {
    flex: none;
    fill: none;
    stroke: var(--green);
    stroke-width: 3.5;
    stroke-linecap: round;
  }
  h1 {
    font-size: 19px;
    font-weight: 650;
    letter-spacing: -0.01em;
  }
  #program {
    color: var(--soft);
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  #link {
    flex: none;
    margin-left: auto;
    display: flex;
    align-items: center;
    gap: 7px;
    color: var(--soft);
  }
  #link::before {
    content: "";
    width: 9px;
    height: 9px;
    border-radius: 50%;
    background: var(--soft);
  }
  #link[data-state="live"]::before {
    background: var(--green);
    animation: breathe 2s ease-in-out infinite;
  }
  #link[data-state="over"]::before {
    background: var(--red);
  }
  @keyframes breathe {
    50% {
      opacity: 0.35;
    }
  }
  #alarm {
    background: var(--alarm);
    border: 1px solid var(--red);
    border-radius: 12px;
    padding: 12px 14px;
    display: grid;
    grid-template-columns: 1fr auto;
    gap: 6px 12px;
  }
  #alarm h2 {
    font-size: 15px;
    color: var(--red);
  }
  #alarm pre {
    grid-column: 1 / -1;
    font: 12.5px/1.5 ui-monospace, monospace;
    white-space: pre-wrap;
    overflow: auto;
    max-height: 30vh;
  }
  #alarm button {
    grid-area: 1 / 2;
  }
  #tiles {
    display: grid;
    grid-template-columns: repeat(7, 1fr);
    gap: 10px;
  }
  .tile {
    position: relative;
    overflow: hidden;
    background: var(--panel);
    border: 1px solid var(--line);
    border-radius: 12px;
    box-shadow: var(--shadow);
    padding: 9px 12px 26px;
  }
  .tile span {
    display: block;
    color: var(--soft);
    font-size: 12.5px;
    white-space: nowrap;
  }
  .tile b {
    font-size: 21px;
    font-weight: 620;
    letter-spacing: -0.01em;
  }
  .tile small {
    color: var(--soft);
    font-size: 12px;
    margin-left: 5px;
    white-space: nowrap;
  }
  .tile small.bad {
    color: var(--red);
  }
  .tile canvas {
    position: absolute;
    inset: auto 0 0 0;
    width: 100%;
    height: 26px;
  }
  #tools {
    display: flex;
    flex-wrap: wrap;
    gap: 8px 12px;
    align-items: center;
  }
  #query {
    flex: 1 1 220px;
    max-width: 360px;
    background: var(--panel);
    border: 1px solid var(--line);
    border-radius: 8px;
    padding: 5px 10px;
  }
  #query::placeholder {
    color: var(--soft);
    opacity: 1;
  }
  .choice {
    display: flex;
  }
  .choice button {
    border-radius: 0;
    margin-left: -1px;
  }
  .choice button:first-child {
    border-radius: 8px 0 0 8px;
  }
  .choice button:last-child {
    border-radius: 0 8px 8px 0;
  }
  #kinds {
    flex: 1 1 100%;
    display: flex;
    gap: 6px;
    overflow-x: auto;
    scrollbar-width: none;
    min-height: 28px;
  }
  #kinds button {
    border-radius: 99px;
    padding: 2px 10px;
    font-size: 12.5px;
    white-space: nowrap;
  }
  #kinds i {
    display: inline-block;
    width: 9px;
    height: 9px;
    border-radius: 3px;
    margin-right: 6px;
    background: currentColor;
  }
  #kinds span {
    color: var(--soft);
    margin-left: 6px;
  }
  #kinds button[aria-pressed="true"] span,
  #kinds button[aria-pressed="true"] i {
    color: inherit;
  }
  .k0 {
    color: var(--k0);
  }
  .k1 {
    color: var(--k1);
  }
  .k2 {
    color: var(--k2);
  }
  .k3 {
    color: var(--k3);
  }
  .k4 {
    color: var(--k4);
  }
  .k5 {
    color: var(--k5);
  }
  .k6 {
    color: var(--k6);
  }
  .k7 {
    color: var(--k7);
  }
`;
