// Copyright 2026 the Tendril authors. MIT license.
/**
 * The script of the page with helpers for elements, numbers and canvases.
 *
 * @module
 */

/** The text of `dom.js`. */
export const DOM: string = String.raw`
  "use strict";
  // Names come from programs: text only ever goes into the page as textContent.

  export function find(selector) {
    return document.querySelector(selector);
  }

  /** Makes an element with classes, text and children. */
  export function make(tag, classes, text, ...children) {
    const element = document.createElement(tag);
    if (classes) element.className = classes;
    if (text) element.textContent = text;
    element.append(...children);
    return element;
  }

  /** Sets text, but touches nothing that stays as it is. */
  export function setText(element, text) {
    if (element.textContent !== text) element.textContent = text;
  }

  export function setAttribute(element, name, value) {
    if (value === null) element.removeAttribute(name);
    else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
  }

  const numbers = new Intl.NumberFormat("en");
  export function formatNumber(value) {
    return numbers.format(value);
  }

  export function formatLarge(value) {
    if (value >= 1e6) return (value / 1e6).toFixed(value < 1e7 ? 1 : 0) + " M";
    if (value >= 1e5) return (value / 1e3).toFixed(0) + " k";
    return numbers.format(value);
  }

  export function formatAge(ms) {
    if (ms < 1000) return Math.round(ms) + " ms";
    if (ms < 60000) return (ms / 1000).toFixed(1) + " s";
    const minutes = Math.floor(ms / 60000);
    if (minutes < 60) return minutes + " m " + Math.floor(ms / 1000) % 60 + " s";
    return Math.floor(minutes / 60) + " h " + minutes % 60 + " m";
  }

  const reduced = matchMedia("(prefers-reduced-motion: reduce)");
  export function isMotionReduced() {
    return reduced.matches;
  }

  let colours = null;
  /** The colours of the style sheet, for canvases. */
  export function readColours() {
    if (colours !== null) return colours;
    const probe = document.body.appendChild(make("i"));
    const read = (name) => {
      probe.style.setProperty("color", "var(" + name + ")");
      return getComputedStyle(probe).color;
    };
    const kinds = [0, 1, 2, 3, 4, 5, 6, 7].map((number) => read("--k" + number));
    colours = {
      kinds,
      green: read("--green"),
      ready: read("--ready"),
      line: read("--line"),
      soft: read("--soft"),
    };
    probe.remove();
    return colours;
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => colours = null);

  /** Gives a canvas the size it is shown at; tells its size in CSS pixels. */
  export function fit(canvas, width, height) {
    const ratio = devicePixelRatio;
    const wide = Math.round(width * ratio);
    const high = Math.round(height * ratio);
    if (canvas.width !== wide || canvas.height !== high) {
      canvas.width = wide;
      canvas.height = high;
    }
    const context = canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    return context;
  }
`;
