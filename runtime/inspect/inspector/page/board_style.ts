// Copyright 2026 the Tendril authors. MIT license.
/**
 * The look of the list of greenlets.
 *
 * @module
 */

/** The text of `board.css`. */
export const BOARD_STYLE: string = String.raw`
  main {
    flex: 1;
    min-height: 0;
    display: grid;
    grid-template-columns: minmax(0, 1fr) 270px;
    gap: 12px;
  }
  #board,
  aside > section {
    background: var(--panel);
    border: 1px solid var(--line);
    border-radius: 12px;
    box-shadow: var(--shadow);
  }
  #board {
    display: flex;
    flex-direction: column;
    min-height: 0;
    overflow: hidden;
  }
  #columns,
  .row {
    display: grid;
    grid-template-columns: var(--columns);
    column-gap: 12px;
    align-items: center;
    padding: 0 12px;
  }
  #columns {
    color: var(--soft);
    font-size: 12.5px;
    padding-block: 7px;
    border-bottom: 1px solid var(--line);
    scrollbar-gutter: stable;
    overflow: hidden;
  }
  #columns span:nth-child(4) {
    text-align: right;
  }
  .axis {
    display: flex;
    justify-content: space-between;
  }
  .axis i {
    font-style: normal;
  }
  #view {
    position: relative;
    flex: 1;
    min-height: 0;
  }
  #list {
    position: absolute;
    inset: 0;
    overflow-y: auto;
    overflow-x: hidden;
    scrollbar-gutter: stable;
    outline-offset: -2px;
  }
  #sizer {
    position: relative;
  }
  #lanes {
    position: absolute;
    pointer-events: none;
  }
  #empty {
    position: absolute;
    inset: 30% 0 auto;
    text-align: center;
    color: var(--soft);
    padding: 0 20px;
  }
  .row {
    position: absolute;
    left: 0;
    right: 0;
    height: var(--row);
    border-bottom: 1px solid color-mix(in srgb, var(--line) 55%, transparent);
    cursor: default;
  }
  .row:hover {
    background: var(--raised);
  }
  .row[aria-selected="true"] {
    background: color-mix(in srgb, var(--green) 13%, var(--panel));
  }
  .row > * {
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .name {
    display: flex;
    align-items: center;
    gap: 6px;
  }
  .name .label {
    overflow: hidden;
    text-overflow: ellipsis;
    font-weight: 550;
  }
  .name .task {
    color: var(--soft);
    overflow: hidden;
    text-overflow: ellipsis;
    flex-shrink: 4;
  }
  .fold {
    flex: none;
    border: 0;
    background: none;
    padding: 0;
    width: 18px;
    height: 22px;
    color: var(--soft);
    border-radius: 4px;
  }
  .fold:not(.leaf)::before {
    content: "";
    display: inline-block;
    border: 4.5px solid transparent;
    border-left: 6px solid currentColor;
    border-right: 0;
    transition: transform 0.12s;
  }
  .row[aria-expanded="true"] .fold::before {
    transform: rotate(90deg);
  }
  .leaf {
    visibility: hidden;
  }
  .state {
    display: flex;
    align-items: center;
    gap: 7px;
    font-size: 13px;
  }
  .state::before {
    content: "";
    flex: none;
    width: 9px;
    height: 9px;
    border-radius: 50%;
    background: var(--soft);
  }
  .state[data-state="running"]::before,
  .state[data-state="ready"]::before {
    background: var(--green);
    box-shadow: 0 0 0 3px color-mix(in srgb, var(--green) 25%, transparent);
  }
  .state[data-state="waits"]::before {
    background: none;
    border: 2px solid var(--soft);
  }
  .state[data-state="async"]::before {
    background: var(--k0);
  }
  .state[data-state="switched"]::before {
    background: var(--k2);
  }
  .state[data-state="killed"]::before {
    background: var(--red);
  }
  .wait:has(button) {
    display: flex;
    gap: 0.35em;
  }
  .wait:has(button) span {
    flex: none;
  }
  .wait button {
    flex: 0 1 auto;
    min-width: 3em;
    text-align: left;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .wait button,
  dd button {
    border: 0;
    background: none;
    padding: 0;
    color: var(--green);
    text-decoration: underline;
    text-decoration-thickness: 1px;
    text-underline-offset: 2px;
  }
  .age {
    text-align: right;
    color: var(--soft);
  }
  .lane {
    align-self: stretch;
  }
  .row > .last {
    justify-self: end;
    overflow: visible;
  }
  .kill {
    padding: 1px 9px;
    font-size: 12.5px;
    color: var(--red);
    background: none;
  }
  .row:not(:hover, [aria-selected="true"]) .kill:not(.sure) {
    color: var(--soft);
    border-color: transparent;
  }
  .kill:hover {
    border-color: var(--red);
  }
  .kill.sure {
    background: var(--red);
    border-color: var(--red);
    color: var(--panel);
  }
  .kill:disabled {
    opacity: 0.5;
    cursor: default;
  }
  #foot {
    display: flex;
    justify-content: space-between;
    gap: 12px;
    padding: 6px 12px;
    border-top: 1px solid var(--line);
    color: var(--soft);
    font-size: 12.5px;
  }
  .legend i {
    display: inline-block;
    vertical-align: middle;
    width: 14px;
    height: 4px;
    margin: 0 5px 0 12px;
    background: linear-gradient(90deg, var(--k0) 34%, var(--k1) 34% 67%, var(--k2) 67%);
  }
  .legend .ran {
    width: 3px;
    height: 13px;
    background: var(--green);
  }
  .legend .ready {
    height: 9px;
    background: var(--ready);
  }
  kbd {
    font: 11px ui-monospace, monospace;
    border: 1px solid var(--line);
    border-radius: 4px;
    padding: 0 4px;
    background: var(--raised);
    margin-left: 6px;
  }
`;
