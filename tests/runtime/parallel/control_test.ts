// Copyright 2026 the Tendril authors. MIT license.
import { assert, assertEquals } from "@std/assert";
import {
  askAllToStop,
  askToStop,
  claim,
  claimed,
  countRecalls,
  isAskedToStop,
  resume,
  takeBack,
} from "../../../runtime/parallel/control.ts";
import { makeControl } from "../../../runtime/parallel/mail.ts";

Deno.test("items are claimed in order, each once", () => {
  const control = makeControl();
  assert(claim(control, 0));
  assertEquals(claim(control, 0), false);
  assertEquals(claim(control, 2), false);
  assert(claim(control, 1));
  assertEquals(claimed(control), 2);
});

Deno.test("what was taken back is not claimed until the worker has read of it", () => {
  const control = makeControl();
  claim(control, 0);
  assertEquals(takeBack(control), 1);
  assertEquals(claimed(control), 1);
  assertEquals(claim(control, 1), false);
  resume(control, countRecalls(control));
  assert(claim(control, 1));
});

Deno.test("news of an older recall do not undo a newer one", () => {
  const control = makeControl();
  takeBack(control);
  const older = countRecalls(control);
  takeBack(control);
  resume(control, older);
  assertEquals(claim(control, 0), false);
  resume(control, countRecalls(control));
  assert(claim(control, 0));
});

Deno.test("one item is asked to stop, or whatever runs", () => {
  const control = makeControl();
  assertEquals(isAskedToStop(control, 0), false);
  askToStop(control, 3);
  assertEquals([isAskedToStop(control, 3), isAskedToStop(control, 4)], [true, false]);
  askAllToStop(control);
  assertEquals([isAskedToStop(control, 3), isAskedToStop(control, 4)], [true, true]);
});
