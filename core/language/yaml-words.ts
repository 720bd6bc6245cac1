import type { YAMLError } from "yaml";
import type { RuleId } from "./catalogue/index.ts";
import { lexemesOf } from "./lexemes.ts";
import { TOO_DEEP } from "./refuse.ts";

/** A mistake that the parser found, in words for people who write texts. */
interface WordedSyntax {
  readonly rule: RuleId;
  readonly message: string;
  readonly hint?: string;
  /** Where it is, in offsets. */
  readonly at: readonly [start: number, end: number];
}

/** Says what a mistake of the parser's means, and where it begins. */
export function wordSyntax({ code, message, pos }: YAMLError, text: string): WordedSyntax {
  const say = (words: string, hint?: string, at: readonly [number, number] = pos): WordedSyntax => {
    return { rule: "yaml-syntax", message: words, ...(hint === undefined ? {} : { hint }), at };
  };
  const here = text.slice(pos[0], pos[0] + 1);
  switch (code) {
    case "RESOURCE_EXHAUSTION":
      return { rule: "yaml-unsafe", message: TOO_DEEP, at: pos };
    case "TAG_RESOLVE_FAILED": {
      const advice = "tags are not allowed; write the plain value";
      return { rule: "yaml-unsafe", message: advice, at: pos };
    }
    case "MULTIPLE_DOCS":
      return say("one document a file: move what follows --- to a file of its own");
    case "NON_STRING_KEY":
      return text.slice(Math.max(0, pos[0] - 2), pos[0] + 1).includes("{{")
        ? say(
            "a text that begins with {{ needs quotes",
            `write "{{ … }}" with quotes around all of it, or the text below a |`,
          )
        : say("a key must be plain text");
    case "BLOCK_AS_IMPLICIT_KEY":
    case "BLOCK_IN_FLOW":
      return say(
        'there are two keys on this line, or a text that holds ": "',
        "put the text in quotes, or the second key on a line of its own",
      );
    case "TAB_AS_INDENT":
      return say("a tab cannot indent a line", "use spaces");
    case "BAD_SCALAR_START":
      return say(`a text that begins with ${here} needs quotes`, "put quotes around all of it");
    case "BAD_DQ_ESCAPE":
      return say(
        `${text.slice(pos[0], pos[0] + 2)} stands for nothing within double quotes`,
        "write \\\\ where a backslash is meant, or use single quotes",
        [pos[0], pos[0] + 2],
      );
    case "BAD_INDENT":
      return message.startsWith("All ")
        ? say(
            "this line begins elsewhere than the ones it belongs to",
            "indent it as far as the keys or list items beside it",
          )
        : say(
            `a ${message.at(-1)} is missing, or a line before it begins too far left`,
            `close what was opened, and indent all lines before its ${message.at(-1)}`,
          );
    case "MISSING_CHAR":
      if (message.includes("closing")) {
        const quote = message.includes('"') ? '"' : "'";
        return say(
          `this ${quote} is never closed`,
          `write ${quote} where the text ends`,
          openedBefore(text, pos[0]) ?? pos,
        );
      }
      return message.includes("between")
        ? say("a comma or a colon is missing here")
        : say("this key has no value", 'write a colon behind it, as in "key: value"');
    case "MULTILINE_IMPLICIT_KEY":
      return say("this key has no value", 'write a colon behind it, as in "key: value"');
    case "UNEXPECTED_TOKEN":
      return unexpected(message, text, pos[0], say);
    default:
      return say(message);
  }
}

function unexpected(
  message: string,
  text: string,
  start: number,
  say: (words: string, hint?: string) => WordedSyntax,
): WordedSyntax {
  if (message.includes("at node end")) {
    const hint = `put quotes around all of it; within '…' a single quote is written twice`;
    return say("the value has ended before this", hint);
  }
  if (message.includes("block-seq-ind")) {
    return say("a list begins on a line of its own", "put the first - on the next line, indented");
  }
  if (/[|>][-+0-9]*[ \t]*$/.test(text.slice(Math.max(0, start - 10), start))) {
    return say("a text after | or > begins on the next line");
  }
  return say(`${JSON.stringify(text.slice(start, start + 1))} does not belong here`);
}

/** Where the quoted text begins that has not ended before an offset. */
function openedBefore(source: string, end: number): readonly [number, number] | null {
  for (const { text, offset, isText } of lexemesOf(source)) {
    const isQuoted = !isText && /^["']/.test(text);
    if (isQuoted && offset + text.length >= end) return [offset, offset + 1];
  }
  return null;
}
