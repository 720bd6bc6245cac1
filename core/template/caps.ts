import type { TemplateError } from "./types.ts";

/** The longest template, in UTF-16 units: several times any real mail. */
const MAX_LENGTH = 16_384;
/** The longest `{{ … }}` or `{% … %}`: bounds the depth of every expression. */
const MAX_TAG_LENGTH = 1_000;
const MAX_TAGS = 500;
const MAX_NESTING = 20;

/**
 * Bounds a source in one linear pass, before the recursive parser sees it: length, number and length
 * of tags, nesting of blocks and of brackets.
 */
export function checkCaps(source: string): TemplateError | null {
  if (source.length > MAX_LENGTH) {
    return tooBig(
      0,
      `the template has ${source.length} characters; at most ${MAX_LENGTH} are allowed`,
    );
  }
  let tags = 0;
  let blocks = 0;
  for (const { 0: tag, index } of source.matchAll(/\{[{%#][\s\S]*?(?:[}%#]\}|$)/g)) {
    tags += 1;
    if (tags > MAX_TAGS) return tooBig(index, `a template may have at most ${MAX_TAGS} tags`);
    if (tag.startsWith("{#")) continue;
    if (tag.length > MAX_TAG_LENGTH) {
      return tooBig(index, `one tag may have at most ${MAX_TAG_LENGTH} characters`);
    }
    if (/^\{%-?\s*(?:if|for)\b/.test(tag)) blocks += 1;
    else if (/^\{%-?\s*end/.test(tag)) blocks -= 1;
    if (blocks > MAX_NESTING || bracketDepth(tag) > MAX_NESTING + 2) {
      return tooBig(index, `at most ${MAX_NESTING} levels of nesting are allowed`);
    }
  }
  return null;
}

function bracketDepth(tag: string): number {
  let depth = 0;
  let deepest = 0;
  for (const character of tag) {
    if (character === "(" || character === "[" || character === "{") depth += 1;
    else if (character === ")" || character === "]" || character === "}") depth -= 1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

function tooBig(start: number, message: string): TemplateError {
  return { rule: "template-too-big", message, start, end: start + 2 };
}
