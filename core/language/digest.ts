import { createHash } from "node:crypto";
import type { CanonicalDocument } from "./document.ts";

/** JSON with sorted keys and without absent values: equal data has equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sorted(value));
}

/**
 * What identifies a version: a SHA-256, in hex, of everything that changes behaviour. Names,
 * descriptions and the place in the file are left out; defaults are absent from the document anyway.
 */
export function digestOf(document: CanonicalDocument): string {
  const { name: _, description: __, steps, ...rest } = document;
  const behaviour = { ...rest, steps: steps.map(({ name: ___, source: ____, ...step }) => step) };
  return createHash("sha256").update(canonicalJson(behaviour)).digest("hex");
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}
