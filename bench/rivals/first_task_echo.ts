// Copyright 2026 the Tendril authors. MIT license.
// The least a worker can do.
const scope = globalThis as unknown as Worker;
scope.onmessage = ({ data }) => scope.postMessage(data);
