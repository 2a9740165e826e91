// Copyright 2026 the Tendril authors. MIT license.
import { ThreadWorker } from "poolifier";

export default new ThreadWorker((value) => value instanceof ArrayBuffer ? value.byteLength : value);
