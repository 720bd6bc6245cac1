import { stringify } from "yaml";
import { isObject, type Json, type JsonObject, KINDS, type Schemas, schemaNamed } from "./load.ts";

const HEAD = `<!-- Made from schemas/*.schema.json by \`npm run generate\`. Do not edit. -->

# Reference

Every key of every kind, as the schemas have it. What the words mean is told in
[the language](language.md).
`;

/** A schema and the file whose \`#\` its references mean. */
interface Place {
  readonly schema: JsonObject;
  readonly file: string;
}

/** The language reference: a chapter a kind, and one for every map within. */
export function generateReference(schemas: Schemas): string {
  const book = new Book(schemas);
  const kinds = Object.entries(KINDS).map(([kind, file]) => {
    return { title: kind, place: { schema: schemaNamed(schemas, file), file } };
  });
  const index = kinds.map(({ title }) => `- [${title}](#${slug(title)})\n`).join("");
  const chapters = kinds.map(({ title, place }) => book.chapter(title, place));
  return `${HEAD}\n${index}\n${chapters.join("\n")}`;
}

class Book {
  private readonly schemas: Schemas;
  /** Titles that have a section already: shared maps are described once, where they are met first. */
  private readonly told = new Set<string>();
  private waiting: { readonly title: string; readonly place: Place }[] = [];

  constructor(schemas: Schemas) {
    this.schemas = schemas;
  }

  chapter(title: string, place: Place): string {
    const parts = [this.section("##", title, place)];
    for (let next = this.waiting.shift(); next !== undefined; next = this.waiting.shift()) {
      parts.push(this.section("###", next.title, next.place));
    }
    return parts.join("\n");
  }

  private section(level: string, title: string, { schema, file }: Place): string {
    const branches = this.branches({ schema, file });
    const lead = [`${level} ${title}\n`, line(schema["description"]), ""];
    const body =
      branches.length > 0
        ? branches.map(
            (branch) => `- ${this.typeOf(branch)}: ${line(branch.schema["description"])}`,
          )
        : this.table({ schema, file });
    return [...lead, ...body, "", ...exampleOf(schema)].join("\n");
  }

  private table({ schema, file }: Place): string[] {
    const properties = isObject(schema["properties"]) ? schema["properties"] : {};
    const required = new Set(list(schema["required"]).map(String));
    const rows = Object.entries(properties).flatMap(([key, value]) => {
      if (!isObject(value)) return [];
      const place = this.resolve({ schema: value, file });
      const must = required.has(key) ? " (needed)" : "";
      const what = [line(value["description"] ?? place.schema["description"]), defaultOf(place)];
      return [
        `| \`${key}\`${must} | ${this.typeOf(place)} | ${cell(what.filter(Boolean).join(" "))} |`,
      ];
    });
    const rest = isObject(schema["additionalProperties"]) ? schema["additionalProperties"] : null;
    if (rest !== null) {
      const place = this.resolve({ schema: rest, file });
      rows.push(
        `| any name | ${this.typeOf(place)} | ${cell(line(place.schema["description"]))} |`,
      );
    }
    return ["| key | what may stand there | what it is |", "|---|---|---|", ...rows];
  }

  /** In words, with a link to the section of a map. */
  private typeOf(place: Place): string {
    const { schema, file } = this.resolve(place);
    const choices = list(schema["enum"]);
    if (choices.length > 0) return choices.map((choice) => `\`${spell(choice)}\``).join(", ");
    if ("const" in schema) return `\`${spell(schema["const"] ?? null)}\``;
    const isMap = isObject(schema["properties"]) || isObject(schema["additionalProperties"]);
    const { title } = schema;
    if (typeof title === "string" && (this.branches({ schema, file }).length > 0 || isMap)) {
      return this.link(title, { schema, file });
    }
    const branches = this.branches({ schema, file });
    if (branches.length > 0) return branches.map((branch) => this.typeOf(branch)).join(", or ");
    const types = [schema["type"]].flat().map(String);
    const items = isObject(schema["items"]) ? this.typeOf({ schema: schema["items"], file }) : "";
    return types
      .filter((type) => type !== "null")
      .map((type) => (type === "array" ? `list of ${items}` : (WORDS[type] ?? type)))
      .join(" or ");
  }

  private link(title: string, place: Place): string {
    if (!this.told.has(title)) {
      this.told.add(title);
      this.waiting.push({ title, place });
    }
    return `[${title}](#${slug(title)})`;
  }

  private branches({ schema, file }: Place): Place[] {
    return [...list(schema["anyOf"]), ...list(schema["oneOf"])]
      .filter((branch) => isObject(branch))
      .map((branch) => this.resolve({ schema: branch, file }));
  }

  private resolve({ schema, file }: Place): Place {
    const reference = schema["$ref"];
    if (typeof reference !== "string") return { schema, file };
    const [name = "", pointer = ""] = reference.split("#");
    const target = name === "" ? file : name;
    const found = pointer
      .split("/")
      .slice(1)
      .reduce<Json | undefined>(
        (value, key) => (isObject(value) ? value[key] : undefined),
        schemaNamed(this.schemas, target),
      );
    if (!isObject(found)) throw new Error(`${file}: ${reference} leads nowhere`);
    return this.resolve({ schema: found, file: target });
  }
}

const WORDS: Readonly<Record<string, string>> = {
  string: "text",
  integer: "whole number",
  number: "number",
  boolean: "`true`, `false`",
  object: "map",
};

function defaultOf({ schema }: Place): string {
  const usual = schema["default"];
  return usual === undefined ? "" : `Default: \`${JSON.stringify(usual).replaceAll('"', "")}\`.`;
}

function exampleOf(schema: JsonObject): string[] {
  const [example] = list(schema["examples"]);
  if (!isObject(example)) return [];
  const text = stringify(example, { lineWidth: 0 })
    .trimEnd()
    .replace(/(?<=[:-] )\d\d:\d\d$/gm, '"$&"');
  return ["```yaml", text, "```", ""];
}

function spell(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

function line(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

function cell(text: string): string {
  return text.replaceAll("|", String.raw`\|`);
}

/** The anchor that readers of markdown make of a heading. */
function slug(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\w\s-]/g, "")
    .replace(/\s/g, "-");
}
