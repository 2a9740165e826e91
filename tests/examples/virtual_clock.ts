// Copyright 2026 the Tendril authors. MIT license.
// Preloaded by a test: a clock whose time passes only when nobody has anything to do.
import { getHub } from "@tendril/tendril";

let now = 0;
getHub().clock = {
  now: () => now,
  setTimer(callback, ms) {
    return setImmediate(() => {
      now += ms;
      callback();
    });
  },
  clearTimer: (handle) => clearImmediate(handle as ReturnType<typeof setImmediate>),
};
