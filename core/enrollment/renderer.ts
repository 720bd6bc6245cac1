import type { Facts } from "../facts.ts";
import type { Rendered, Template } from "../template/index.ts";

/** Why a message cannot be said. */
export type Unsayable =
  | { readonly kind: "blank"; readonly variables: readonly string[] }
  | { readonly kind: "no_content"; readonly message: string }
  | { readonly kind: "too_big"; readonly message: string }
  | { readonly kind: "bad_link"; readonly message: string };

/** Renders the templates of one message and keeps the first failure; blanks add up. */
export class Renderer {
  private readonly facts: Facts;
  private readonly zone: string;
  private readonly language: string;
  failed: Unsayable | null = null;

  /** @param zone the IANA zone that dates are shown in */
  constructor(facts: Facts, zone: string, language: string) {
    this.facts = facts;
    this.zone = zone;
    this.language = language === "" ? "en" : language;
  }

  text(template: Template): string {
    return this.render(template, "none");
  }

  /** Contact data inside markdown is escaped: it can never become a link, markup or HTML. */
  markdown(template: Template): string {
    return this.render(template, "markdown");
  }

  private render(template: Template, escape: "none" | "markdown"): string {
    const { facts, zone, language } = this;
    const rendered: Rendered = template.render(facts, { zone, language, escape });
    if (rendered.kind === "text") return rendered.text;
    if (rendered.kind === "limit") {
      this.failed ??= { kind: "too_big", message: rendered.message };
    } else {
      const earlier = this.failed?.kind === "blank" ? this.failed.variables : [];
      const variables = [...new Set([...earlier, ...rendered.variables])];
      if (this.failed === null || this.failed.kind === "blank")
        this.failed = { kind: "blank", variables };
    }
    return "";
  }
}
