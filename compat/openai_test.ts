// Copyright 2026 the Tendril authors. MIT license.
// The SDK of OpenAI, which stands on the global fetch, against a server that answers like the API.

import OpenAI, { type NotFoundError } from "openai";
import { type Answer, type Asked, EchoServer } from "./gate.ts";
import { prove } from "./prove.ts";

const MODEL = "parrot";

/** Says what it is told; word by word if it is asked for a stream. */
function parrot({ method, text }: Asked): Answer {
  const type = "application/json";
  if (method === "GET") return { status: 404, type, parts: ['{"error":{"message":"none"}}'] };
  const { messages, stream } = JSON.parse(text);
  const { content } = messages[0];
  const answer = { id: "1", object: "chat.completion", created: 0, model: MODEL };
  if (!stream) {
    // deno-lint-ignore camelcase -- a name of the API
    const choice = { index: 0, message: { role: "assistant", content }, finish_reason: "stop" };
    return { type, parts: [JSON.stringify({ ...answer, choices: [choice] })] };
  }
  const events = content.split(" ").map((word: string) =>
    `data: ${JSON.stringify({ ...answer, choices: [{ index: 0, delta: { content: word } }] })}\n\n`
  );
  return { type: "text/event-stream", parts: [...events, "data: [DONE]\n\n"] };
}

prove("openai", async () => {
  const server = await EchoServer.start(parrot);
  const { gate, url } = server;
  // Without retries: a request that is made again would keep a killed async function going.
  const options = { apiKey: "none", maxRetries: 0 };
  const client = new OpenAI({ ...options, baseURL: url });
  const slow = new OpenAI({ ...options, baseURL: `${url}/slow` });
  const messages = [{ role: "user", content: "one two three" }] as const;
  return {
    async results() {
      const whole = await client.chat.completions.create({ model: MODEL, messages: [...messages] });
      const stream = await client.chat.completions.create({
        model: MODEL,
        messages: [...messages],
        stream: true,
      });
      const words: unknown[] = [];
      for await (const { choices } of stream) words.push(choices[0]!.delta.content);
      const missing = await client.models.retrieve("none")
        .catch((error: NotFoundError) => [error.constructor.name, error.status, error.message]);
      return [whole.choices[0]!.message.content, words, missing];
    },
    async slow() {
      const { choices } = await slow.chat.completions.create({
        model: MODEL,
        messages: [...messages],
      });
      return choices[0]!.message.content;
    },
    arrived: (count) => gate.inside.reaches(count),
    release: () => gate.open(),
    gone: () => gate.gone.reaches(1),
    reason: `fetch ${url}/slow`,
    error: "Error: Connection error.",
    close: () => server[Symbol.asyncDispose](),
  };
});
