import { didYouMean } from "../../did-you-mean.ts";
import { eachText, isCondition } from "../../library/expand.ts";
import { placesIn, type Place } from "../../library/places.ts";
import { readValue } from "../../library/read-value.ts";
import type { TemplateParameter } from "../../../schemas/index.ts";
import type { Model, Resource } from "../model.ts";
import type { Path } from "../source.ts";
import { quoted } from "./number-like.ts";

type Template = Resource<"SequenceTemplate">;

/** Parameters of a template are declared, used, and their samples are of their type. */
export function sequenceTemplates(model: Model): void {
  for (const template of model.sequenceTemplates) {
    checkParameters(model, template);
    checkPlaces(model, template);
  }
}

function checkParameters(model: Model, { file, value }: Template): void {
  for (const [name, parameter] of Object.entries(value.parameters ?? {})) {
    const path = ["parameters", name];
    const { type, options } = parameter;
    if (type === "choice" && options === undefined) {
      const hint = "add options: […]";
      model.at(file, [...path, "type"], "parameter-value", `${name} has no options`, hint);
      continue;
    }
    if (type !== "choice" && options !== undefined) {
      const message = `only a choice has options, and ${name} is ${type}`;
      const hint = "make it type: choice, or take the options out";
      model.atKey(file, [...path, "options"], "parameter-value", message, hint);
    }
    for (const key of ["default", "example"] as const) {
      const given = parameter[key];
      const read = given === undefined ? null : readValue(parameter, given);
      if (read === null || "text" in read) continue;
      const message = `this ${key} cannot be filled in: ${read.problem}`;
      const isNumberLike = type === "text" && typeof given !== "string";
      const hint = isNumberLike ? quoted(file, [...path, key]) : read.hint;
      model.at(file, [...path, key], "parameter-value", message, hint);
    }
  }
}

/** Types whose values are words of the template language as they are. */
const BARE: ReadonlySet<TemplateParameter["type"]> = new Set(["number", "boolean"]);

function checkPlaces(model: Model, { file, value }: Template): void {
  const { parameters = {} } = value;
  const names = Object.keys(parameters);
  const used = new Set<string>();
  const check = (path: Path, place: Place) => {
    const { name, surroundings } = place;
    used.add(name);
    if (!Object.hasOwn(parameters, name)) {
      const near = didYouMean(name, names);
      const hint = near ? `did you mean "${near}"?` : `there are: ${names.join(", ") || "none"}`;
      const message = `there is no parameter "${name}"`;
      model.inside(file, path, place, "unknown-parameter", message, hint);
      return;
    }
    const isBare = surroundings.in === "code" && surroundings.quote === null;
    const type = parameters[name]!.type;
    if (!isBare || BARE.has(type)) return;
    const message = `a ${type} would be taken for code here`;
    model.inside(file, path, place, "parameter-place", message, `write "\${${name}}" in quotes`);
  };
  const root = file.layout().document.contents;
  if (root === null) return;
  eachText(root, (scalar, path) => {
    if (path[0] === "parameters") return;
    for (const place of placesIn(scalar.value, isCondition(path))) check(path, place);
  });
  for (const name of names) {
    if (used.has(name)) continue;
    const message = `"${name}" is asked for, and used nowhere`;
    const hint = `write \${${name}} where it is to stand, or take it out`;
    model.atKey(file, ["parameters", name], "unused-parameter", message, hint, "warning");
  }
}
