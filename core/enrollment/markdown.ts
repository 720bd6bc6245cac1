import { Marked, type MarkedToken, type Token, type Tokens } from "marked";
import { unescapeHtml } from "../template/index.ts";

/** Markdown that was read: each channel takes the form it shows. */
export interface Markdown {
  html(): string;
  plain(): string;
  /** With WhatsApp's own marks for what is strong, emphasized or struck out. */
  whatsapp(): string;
}

type ReadMarkdown =
  | { readonly kind: "markdown"; readonly markdown: Markdown }
  | { readonly kind: "too_big"; readonly message: string }
  | { readonly kind: "bad_link"; readonly message: string };

/** The parser takes quadratic time on some texts, and a level of its stack for marks within marks. */
const LONGEST = 10_000;
const MOST_MARKS = 1_000;
/** More quotes and lists in one line than people write; each is a level of the parser's stack. */
const STACKED = /^(?:[ \t]*(?:>|(?:[-*+]|\d{1,9}[.)])(?=[ \t]))){21}/m;
/** A link that depends on the page it stands on leads nowhere from a message. */
const LEADS_SOMEWHERE = /^(?:https?:\/\/|mailto:|tel:)[^\s]/i;

/** HTML within markdown is text like any other: only markdown makes markup. */
const reader = new Marked({ tokenizer: { html: () => undefined, tag: () => undefined } });

/** Reads CommonMark with GitHub's tables, struck out text and bare links. */
export function readMarkdown(source: string): ReadMarkdown {
  if (source.length > LONGEST) {
    return { kind: "too_big", message: `it is longer than ${LONGEST} characters of markdown` };
  }
  if (STACKED.test(source)) {
    return { kind: "too_big", message: "its markdown is nested too deeply" };
  }
  if ((source.match(/[*_~]/g)?.length ?? 0) > MOST_MARKS) {
    return { kind: "too_big", message: `it has more than ${MOST_MARKS} of the marks * _ ~` };
  }
  const tokens: readonly Token[] = reader.lexer(source);
  const hrefs: string[] = [];
  void reader.walkTokens([...tokens], (token) => {
    if (token.type === "link" || token.type === "image") hrefs.push((token as Tokens.Link).href);
  });
  const bad = hrefs.find((href) => !LEADS_SOMEWHERE.test(href));
  if (bad !== undefined) return { kind: "bad_link", message: badLink(bad, "https") };
  return {
    kind: "markdown",
    markdown: {
      html: () => reader.parser([...tokens]).trim(),
      plain: () => blocks(tokens, PLAIN, "\n\n"),
      whatsapp: () => blocks(tokens, WHATSAPP, "\n\n"),
    },
  };
}

/** Why a link is not sent. */
export function badLink(href: string, ...schemes: readonly string[]): string {
  const shown = href.length > 100 ? `${href.slice(0, 100)}…` : href;
  return `"${shown}" is not an ${schemes.join(" or ")} link`;
}

interface Marks {
  readonly strong: string;
  readonly em: string;
  readonly del: string;
  readonly code: string;
  readonly block: string;
  readonly heading: string;
}

const PLAIN: Marks = { strong: "", em: "", del: "", code: "", block: "", heading: "" };
const WHATSAPP: Marks = { strong: "*", em: "_", del: "~", code: "`", block: "```", heading: "*" };

function blocks(tokens: readonly Token[], marks: Marks, between: string): string {
  const told = tokens.map((token) => block(token as MarkedToken, marks));
  return told.filter((text) => text !== "").join(between);
}

function block(token: MarkedToken, marks: Marks): string {
  switch (token.type) {
    case "paragraph":
      return inline(token.tokens, marks);
    case "text":
      return inline(token.tokens ?? [token], marks);
    case "heading":
      // A mark within the same mark would end it.
      return marked(marks.heading, inline(token.tokens, { ...marks, strong: "" }));
    case "blockquote":
      return blocks(token.tokens, marks, "\n\n").replace(/^/gm, "> ");
    case "code":
      return marked(marks.block, token.text);
    case "list":
      return token.items.map((item, index) => listItem(token, item, index, marks)).join("\n");
    case "table":
      return [token.header, ...token.rows].map((cells) => row(cells, marks)).join("\n");
    case "hr":
      return "---";
    case "checkbox":
    case "space":
    case "def":
      return "";
    default:
      return inline([token], marks);
  }
}

function listItem(list: Tokens.List, item: Tokens.ListItem, index: number, marks: Marks): string {
  const bullet = list.ordered ? `${Number(list.start) + index}. ` : "- ";
  const box = item.task ? `[${item.checked ? "x" : " "}] ` : "";
  const [first = "", ...rest] = blocks(item.tokens, marks, "\n").split("\n");
  return [bullet + box + first, ...rest.map((line) => `  ${line}`)].join("\n");
}

function row(cells: readonly Tokens.TableCell[], marks: Marks): string {
  return cells.map(({ tokens }) => inline(tokens, marks)).join(" | ");
}

function inline(tokens: readonly Token[], marks: Marks): string {
  return tokens.map((token) => span(token as MarkedToken, marks)).join("");
}

function span(token: MarkedToken, marks: Marks): string {
  switch (token.type) {
    case "text":
      if (token.tokens) return inline(token.tokens, marks);
      return unescapeHtml(token.text.replace(/\s*\n\s*/g, " ")).replaceAll("&nbsp;", "\u00a0");
    case "escape":
      return token.text;
    case "strong":
      return marked(marks.strong, inline(token.tokens, { ...marks, strong: "" }));
    case "em":
      return marked(marks.em, inline(token.tokens, { ...marks, em: "" }));
    case "del":
      return marked(marks.del, inline(token.tokens, { ...marks, del: "" }));
    case "codespan":
      return marked(marks.code, token.text);
    case "br":
      return "\n";
    case "link":
      return link(inline(token.tokens, marks), token.href);
    case "image":
      return token.text;
    default:
      return token.raw;
  }
}

function link(label: string, href: string): string {
  const isSame = [label, `mailto:${label}`, `http://${label}`].includes(href);
  return isSame ? label : `${label} (${href})`;
}

function marked(mark: string, text: string): string {
  return text === "" ? "" : `${mark}${text}${mark}`;
}
