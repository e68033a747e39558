import { ModelError, OptionError } from "../../core/errors.js";
import { oneOf } from "../../core/nearest.js";
import { assertKnownOptions, type OptionNames } from "../../core/options.js";
import type { ChatMessage } from "../../core/types.js";
import type { Recipe } from "../../decoding/index.js";
import { eventData } from "./events.js";
import { protocolFields } from "./protocolFields.js";
import { type CompletionLogprobs, firstTopLogprobs } from "./topLogprobs.js";

export interface RemoteOptions {
  /** The engine's name of the model; it may be left out where the engine has one only. */
  readonly model?: string;
  /** Sent as `authorization: Bearer KEY`. */
  readonly apiKey?: string;
  /** The engine is Logitbook's own server: it takes recipes as they are. Default false. */
  readonly logitbook?: boolean;
}

/** A token that might come next, as a remote engine tells it. */
export interface RemoteChoice {
  readonly text: string;
  readonly probability: number;
  /** Under the engine's own distribution, in nats. */
  readonly logProb: number;
}

/** What a remote engine made of a prompt. */
export interface RemoteSequence {
  readonly text: string;
  readonly finishReason: "stop" | "length";
}

export interface RemoteGenerateOptions {
  readonly signal?: AbortSignal;
  /** Told each piece of each sequence as it comes. */
  readonly onText?: (text: string, sequence: number) => void;
}

/**
 * A model behind HTTP. It is no `LanguageModel`: the protocol gives texts and a few of the likeliest tokens, never the
 * scores of a whole vocabulary, and what isn't given isn't guessed.
 */
export interface RemoteModel {
  readonly name: string;
  /**
   * Continues a text, or answers a conversation, as a recipe says.
   * @throws OptionError for what the protocol has no words for; ModelError for what the engine says
   */
  generate(
    prompt: string | readonly ChatMessage[],
    recipe: Recipe,
    options?: RemoteGenerateOptions,
  ): Promise<readonly RemoteSequence[]>;
  /** The `count` likeliest next tokens, at most 20, as engines have it. */
  topChoices(prompt: string, count: number, signal?: AbortSignal): Promise<readonly RemoteChoice[]>;
}

const remoteNames: OptionNames<RemoteOptions> = { model: true, apiKey: true, logitbook: true };
const generateNames: OptionNames<RemoteGenerateOptions> = { signal: true, onText: true };

interface Chunk {
  readonly choices?: readonly {
    readonly index: number;
    readonly text?: string;
    readonly delta?: { readonly content?: string | null };
    readonly finish_reason?: string | null;
  }[];
}

/**
 * Opens a model of any engine that speaks OpenAI's protocol (vLLM, TGI, llama.cpp's server, `transformers serve`,
 * `logitbook serve`), which is the way past one machine.
 * @param url its base address, such as `http://127.0.0.1:8080/v1`
 * @throws OptionError for an address that is none, or a model that the engine doesn't have; ModelError where it can't
 * be reached
 */
export async function openRemote(url: string, options: RemoteOptions = {}): Promise<RemoteModel> {
  assertKnownOptions(options, remoteNames);
  const base = baseOf(url);
  const headers = {
    "content-type": "application/json",
    ...(options.apiKey !== undefined && { authorization: `Bearer ${options.apiKey}` }),
  };
  const { data } = (await (await ask("/models")).json()) as { data?: { id: string }[] };
  const names = (data ?? []).map(({ id }) => id);
  if (names.length === 0)
    throw new ModelError(url, "it lists no model: is it an engine's base address, up to /v1?");
  const name = options.model ?? (names.length === 1 ? names[0] : undefined);
  if (name === undefined || !names.includes(name)) {
    throw new OptionError("model", options.model, oneOf("one of the engine's", options.model, names));
  }
  const model = name;

  async function ask(path: string, body?: object, signal?: AbortSignal): Promise<Response> {
    const response = await fetch(`${base}${path}`, {
      headers,
      ...(body && { method: "POST", body: JSON.stringify(body) }),
      ...(signal && { signal }),
    }).catch((error: Error) => {
      if (signal?.aborted) throw signal.reason;
      throw new ModelError(url, `it can't be reached (${reasonOf(error)}): is it running?`, { cause: error });
    });
    if (response.ok) return response;
    throw new ModelError(url, `it answered ${response.status}: ${await messageOf(response)}`);
  }

  return {
    name: model,
    async generate(prompt, recipe, generateOptions = {}) {
      assertKnownOptions(generateOptions, generateNames);
      const { signal, onText = () => {} } = generateOptions;
      const fields = options.logitbook ? { logitbook: { recipe } } : protocolFields(recipe);
      const text = typeof prompt === "string";
      const path = text ? "/completions" : "/chat/completions";
      const asked = { model, stream: true, ...(text ? { prompt } : { messages: prompt }), ...fields };
      const response = await ask(path, asked, signal);
      const sequences: { text: string; finishReason?: "stop" | "length" }[] = [];
      for await (const chunk of eventData(url, response.body as ReadableStream<Uint8Array>)) {
        for (const choice of (chunk as Chunk).choices ?? []) {
          const piece = choice.text ?? choice.delta?.content ?? "";
          sequences[choice.index] ??= { text: "" };
          const sequence = sequences[choice.index];
          sequence.text += piece;
          if (choice.finish_reason)
            sequence.finishReason = choice.finish_reason === "stop" ? "stop" : "length";
          if (piece !== "") onText(piece, choice.index);
        }
      }
      return sequences.map((sequence) => ({
        text: sequence.text,
        finishReason: sequence.finishReason ?? "length",
      }));
    },
    async topChoices(prompt, count, signal) {
      if (!Number.isInteger(count) || count < 1 || count > 20) {
        throw new OptionError("count", count, "a whole number from 1 to 20: engines tell no more");
      }
      const asked = { model, prompt, max_tokens: 1, temperature: 0, logprobs: count };
      const answer = (await (await ask("/completions", asked, signal)).json()) as {
        choices: { logprobs?: CompletionLogprobs | null }[];
      };
      const top = firstTopLogprobs(answer.choices[0]?.logprobs);
      if (!top) throw new ModelError(url, "it tells no log-probabilities");
      return top
        .map(([text, logProb]) => ({ text, logProb, probability: Math.exp(logProb) }))
        .sort((a, b) => b.logProb - a.logProb)
        .slice(0, count);
    },
  };
}

function baseOf(url: string): string {
  if (!URL.canParse(url) || !/^https?:/.test(url)) {
    throw new OptionError("url", url, "an address such as http://127.0.0.1:8080/v1");
  }
  return url.replace(/\/+$/, "");
}

function reasonOf(error: Error): string {
  const { cause } = error as { cause?: { code?: string } };
  return cause?.code ?? error.message;
}

/** What an engine says is wrong, in OpenAI's shape or another. */
async function messageOf(response: Response): Promise<string> {
  const text = await response.text();
  try {
    const { error, detail } = JSON.parse(text);
    return String(error?.message ?? error ?? JSON.stringify(detail ?? text));
  } catch {
    return text.slice(0, 200);
  }
}
