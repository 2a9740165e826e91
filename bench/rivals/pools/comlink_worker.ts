// Copyright 2026 the Tendril authors. MIT license.
import * as comlink from "npm:comlink@4.4.2";

comlink.expose((value: unknown) => value instanceof ArrayBuffer ? value.byteLength : value);
