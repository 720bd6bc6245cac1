import { execFile } from "node:child_process"; // breaks boundaries(dependencies)
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs"; // breaks boundaries(dependencies)
import { readFile } from "node:fs/promises"; // breaks boundaries(dependencies)
import { get } from "node:http"; // breaks boundaries(dependencies)
import { connect } from "net"; // breaks boundaries(dependencies)
import { Kysely } from "kysely"; // breaks boundaries(dependencies)
import { DateTime } from "luxon";
import { Environment } from "nunjucks"; // breaks boundaries(dependencies)
import { schemas } from "../schemas/leaf.ts";
import { store } from "../store/leaf.ts"; // breaks boundaries(dependencies)

export const imports = [createHash, DateTime, Environment, schemas, store];
export const outside = [execFile, readFileSync, readFile, get, connect, Kysely];

export const ambient = [
  Date.now(), // breaks house(clock)
  new Date(), // breaks house(clock)
  new Date(0),
  DateTime.now(), // breaks house(clock)
  Math.random(), // breaks house(pure)
  process.env["HOME"], // breaks house(pure)
  fetch("https://example.com"), // breaks house(pure)
];
