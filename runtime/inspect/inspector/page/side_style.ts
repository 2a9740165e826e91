// Copyright 2026 the Tendril authors. MIT license.
/**
 * The look of what stands beside the list, and of the page in narrow windows.
 *
 * @module
 */

/** The text of `side.css`. */
export const SIDE_STYLE: string = String.raw`
  aside {
    display: flex;
    flex-direction: column;
    gap: 12px;
    min-height: 0;
  }
  aside > section {
    padding: 10px 14px 12px;
    overflow: auto;
  }
  aside h2 {
    font-size: 13px;
    font-weight: 600;
    color: var(--soft);
    margin-bottom: 6px;
  }
  #details {
    flex: none;
    max-height: 75%;
  }
  #details header {
    justify-content: space-between;
    align-items: flex-start;
    margin-bottom: 8px;
  }
  #details header h2 {
    font-size: 16px;
    color: var(--ink);
    overflow-wrap: anywhere;
    margin: 0;
  }
  #details dl {
    display: grid;
    grid-template-columns: auto 1fr;
    gap: 4px 14px;
  }
  #details dt {
    color: var(--soft);
  }
  #details dd {
    overflow-wrap: anywhere;
  }
  #details .kill {
    margin-top: 12px;
    padding: 4px 12px;
  }
  #workers {
    flex: none;
    max-height: 30%;
  }
  #workers ul {
    list-style: none;
  }
  #workers li {
    display: grid;
    grid-template-columns: 1fr auto;
    column-gap: 10px;
    padding: 3px 0;
    font-size: 13px;
  }
  #workers small {
    color: var(--soft);
  }
  #workers li::after {
    content: "";
    grid-column: 1 / -1;
    height: 4px;
    border-radius: 2px;
    background: var(--raised);
    margin-top: 2px;
  }
  #workers li.busy::after {
    background: var(--green);
  }
  #news {
    flex: 1;
    min-height: 90px;
  }
  #news ol {
    list-style: none;
    display: flex;
    flex-direction: column;
    gap: 7px;
    font-size: 13px;
  }
  #news li {
    display: grid;
    grid-template-columns: auto 1fr;
    gap: 0 10px;
    overflow-wrap: anywhere;
  }
  #news time {
    color: var(--soft);
  }
  #news [data-kind="failed"] span,
  #news [data-kind="deadlock"] span {
    color: var(--red);
    white-space: pre-wrap;
  }
  #news [data-kind="blocked"] span {
    color: var(--k1);
  }
  #news .none {
    color: var(--soft);
    display: block;
  }
  #said {
    position: absolute;
    clip-path: inset(50%);
    width: 1px;
    height: 1px;
    overflow: hidden;
  }
  body.over #board,
  body.over #tiles {
    opacity: 0.72;
  }
  @media (max-width: 1100px) {
    main {
      grid-template-columns: minmax(0, 1fr);
      grid-template-rows: minmax(0, 1fr) auto;
    }
    aside {
      max-height: 34vh;
      flex-direction: row;
    }
    aside > section {
      flex: 1 1 0 !important;
      max-height: none !important;
    }
  }
  @media (max-width: 700px) {
    :root {
      --row: 66px;
    }
    body {
      padding: 10px;
      gap: 9px;
    }
    #tiles {
      grid-template-columns: repeat(4, 1fr);
      gap: 6px;
    }
    .tile {
      padding: 6px 8px;
      border-radius: 9px;
    }
    .tile:first-child {
      grid-column: span 2;
    }
    .tile canvas,
    .tile small:not(.bad) {
      display: none;
    }
    .tile b {
      font-size: 16px;
    }
    .tile span {
      font-size: 11.5px;
      overflow: hidden;
      text-overflow: ellipsis;
    }
    #tools {
      gap: 7px;
    }
    #query {
      flex: 1 1 100%;
      max-width: none;
      font-size: 16px;
    }
    .choice button {
      padding: 3px 9px;
      font-size: 13px;
    }
    #columns,
    .legend,
    .keys {
      display: none;
    }
    .row {
      grid-template: 24px 20px 14px / 14px minmax(0, 1fr) auto auto;
      grid-template-areas: "state name age kill" ". wait wait wait" ". lane lane lane";
      column-gap: 7px;
      padding: 4px 10px;
    }
    .name {
      grid-area: name;
    }
    .state {
      grid-area: state;
      font-size: 0;
      overflow: visible !important;
    }
    .wait {
      grid-area: wait;
      font-size: 13px;
    }
    .age {
      grid-area: age;
      font-size: 13px;
    }
    .lane {
      grid-area: lane;
    }
    .last {
      grid-area: kill;
    }
    aside {
      max-height: 28vh;
      flex-direction: column;
      gap: 9px;
      overflow: auto;
    }
    aside > section {
      flex: none !important;
    }
    #details:not([hidden]) ~ section {
      display: none;
    }
    #link {
      flex: 0 2 auto;
      font-size: 13px;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    * {
      animation: none !important;
      transition: none !important;
    }
  }
`;
