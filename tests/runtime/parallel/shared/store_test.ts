// Copyright 2026 the Tendril authors. MIT license.

import { assertEquals } from "@std/assert";
import { atHome } from "../../../../runtime/parallel/shared/liveness.ts";
import { makeRecords, Ring, RING_WORDS } from "../../../../runtime/parallel/shared/ring.ts";
import {
  ENDED,
  NOTHING,
  Store,
  type StoreFace,
} from "../../../../runtime/parallel/shared/store.ts";

class Face implements StoreFace {
  readonly putting = "put";
  readonly taking = "take";
  /** Called when it is asked whether somebody is left who could put. */
  onAsked: () => boolean = () => false;

  cannotPut(): Error {
    return new RangeError("shut");
  }

  cannotTake(): Error {
    return new RangeError("ended");
  }

  deserted(): boolean {
    return this.onAsked();
  }
}

function makeStore(): { store: Store<string>; face: Face } {
  const cells = new Int32Array(new SharedArrayBuffer(RING_WORDS * 4));
  const face = new Face();
  return { store: new Store<string>(new Ring(cells, makeRecords(), atHome()), face), face };
}

Deno.test("Store tells nothing now from nothing any more", () => {
  const { store } = makeStore();
  assertEquals(store.takeNow(), NOTHING);
  store.putNow("last");
  store.close();
  assertEquals(store.takeNow(), "last");
  assertEquals(store.takeNow(), ENDED);
});

Deno.test("Store gives out what was put just before the one who put it was gone", () => {
  const { store, face } = makeStore();
  face.onAsked = () => {
    face.onAsked = () => false;
    store.putNow("last words");
    return true;
  };
  assertEquals(store.takeNow(), "last words");
});
