// Copyright 2026 the Tendril authors. MIT license.
import workerpool from "workerpool";

workerpool.worker({
  same: (value) => value,
  moveBack: (buffer) => buffer.byteLength,
});
