import type { PromptMessage } from "../../core/ai/prompt.ts";
import { postJson } from "../channels/post-json.ts";

/** What a model answered, or why it did not. */
type Answer =
  | {
      readonly kind: "text";
      readonly text: string;
      readonly promptTokens: number;
      readonly completionTokens: number;
    }
  | { readonly kind: "failed"; readonly problem: string };

/** A model that writes. It never throws. */
export interface Model {
  readonly name: string;
  ask(messages: readonly PromptMessage[], maxTokens: number): Promise<Answer>;
  /** What an answer costs, in the currency of the prices that are set; 0 where none are. */
  costOf(promptTokens: number, completionTokens: number): number;
}

/** A person may wait for a draft, and a static text is always at hand. */
const PATIENCE_MS = 15_000;

interface Completion {
  readonly choices?: readonly { readonly message?: { readonly content?: unknown } }[];
  readonly usage?: { readonly prompt_tokens?: unknown; readonly completion_tokens?: unknown };
}

/**
 * A model behind an OpenAI-compatible address.
 * @param env `CADENZA_AI_URL` (such as `https://api.example.com/v1`), `CADENZA_AI_MODEL`, `CADENZA_AI_KEY`,
 *   and `CADENZA_AI_PROMPT_PRICE` and `CADENZA_AI_COMPLETION_PRICE` for a million tokens
 * @returns null when none is set
 * @throws when a price is no number
 */
export function modelFrom(
  env: Readonly<Record<string, string | undefined>>,
  patienceMs: number = PATIENCE_MS,
): Model | null {
  const [url, name, key] = [env["CADENZA_AI_URL"], env["CADENZA_AI_MODEL"], env["CADENZA_AI_KEY"]];
  if (!url || !name) return null;
  const address = `${url.replace(/\/+$/, "")}/chat/completions`;
  const prices = {
    prompt: priceOf(env, "CADENZA_AI_PROMPT_PRICE"),
    completion: priceOf(env, "CADENZA_AI_COMPLETION_PRICE"),
  };
  const headers: Record<string, string> = key ? { authorization: `Bearer ${key}` } : {};
  return {
    name,
    async ask(messages, maxTokens) {
      const body = { model: name, messages, max_tokens: maxTokens, temperature: 0.7 };
      const posted = await postJson(address, headers, body, AbortSignal.timeout(patienceMs));
      if (posted.kind !== "answer") {
        return failed(
          posted.code === "TimeoutError" ? "the model is slow" : "the model is not there",
        );
      }
      if (posted.status !== 200) return failed(`the model answered ${posted.status}`);
      const { choices, usage } = (posted.body ?? {}) as Completion;
      const text = choices?.[0]?.message?.content;
      if (typeof text !== "string") return failed("the model's answer holds no text");
      return {
        kind: "text",
        text: text.trim(),
        promptTokens: count(usage?.prompt_tokens),
        completionTokens: count(usage?.completion_tokens),
      };
    },
    costOf: (promptTokens, completionTokens) =>
      (promptTokens * prices.prompt + completionTokens * prices.completion) / PRICED_TOKENS,
  };
}

const PRICED_TOKENS = 1_000_000;

/** The price of a million tokens; models are priced so everywhere. */
function priceOf(env: Readonly<Record<string, string | undefined>>, name: string): number {
  const price = Number(env[name] || 0);
  if (Number.isFinite(price) && price >= 0) return price;
  throw new Error(`${name} is the price of a million tokens, such as 2.50`);
}

function failed(problem: string): Answer {
  return { kind: "failed", problem };
}

/** A stranger's number. */
function count(value: unknown): number {
  return typeof value === "number" && value >= 0 ? Math.min(Math.floor(value), 10_000_000) : 0;
}
