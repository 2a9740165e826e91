// Copyright 2026 the Tendril authors. MIT license.

import { assertEquals, assertStrictEquals } from "@std/assert";
import { failure } from "../../../runtime/io/errors.ts";

/** What `failure` makes of an error of the host. */
function made(cause: Error): Error & { code?: string } {
  const error = failure("open it", cause) as Error;
  assertStrictEquals(error.cause, cause);
  return error;
}

Deno.test("failure() keeps class and code of an error of the host", () => {
  const cause = Object.assign(new Deno.errors.ConnectionRefused("Connection refused"), {
    code: "X",
  });
  const error = made(cause);
  assertStrictEquals(error.constructor, Deno.errors.ConnectionRefused);
  assertEquals(error.name, "ConnectionRefused");
  assertEquals([error.message, error.code], ["Cannot open it: connection refused", "X"]);
  assertEquals("code" in made(new Deno.errors.Busy("B")), false);
});

Deno.test("failure() keeps the class of a built-in error, and abbreviations", () => {
  for (const Class of [Error, TypeError, RangeError, URIError]) {
    const error = made(new Class("URL is wrong"));
    assertStrictEquals(error.constructor, Class);
    assertEquals(error.message, "Cannot open it: URL is wrong");
  }
});

Deno.test("failure() makes a NotFound of a host name that cannot be resolved", () => {
  const error = made(new Error("failed to lookup address information: Name or service not known"));
  assertStrictEquals(error.constructor, Deno.errors.NotFound);
});

Deno.test("failure() makes a BadResource of anything when the thing is gone", () => {
  const cause = new Deno.errors.Interrupted("operation canceled");
  const error = failure("open it", cause, "it is closed") as Error;
  assertStrictEquals(error.constructor, Deno.errors.BadResource);
  assertEquals([error.message, error.cause], ["Cannot open it: it is closed", cause]);
});

Deno.test("failure() leaves alone what is not the host's", () => {
  class Own extends Error {}
  for (const reason of [new Own("own"), new DOMException("aborted", "AbortError"), "text", null]) {
    assertStrictEquals(failure("open it", reason), reason);
  }
});
