import type { FastifyInstance } from "fastify";
import { didYouMean } from "../../../core/did-you-mean.ts";
import { listAttributes } from "../../../store/attributes.ts";
import {
  countLive,
  listSequenceIds,
  listSequences,
  listVersions,
  readVersion,
} from "../../../store/sequences.ts";
import type { AppDeps } from "../deps.ts";
import { endpoint } from "../endpoint.ts";
import { afterOf, pageOf, RESOURCE_ID, type PageQuery } from "../page.ts";
import { notFound, Problem } from "../problem.ts";
import {
  answer,
  instant,
  listOf,
  maybeText,
  ok,
  pageQuery,
  resourceId,
  targetType,
} from "../schemas/common.ts";

const tag = "Sequences";
const text = { type: "string" } as const;
const integer = { type: "integer" } as const;

const version = {
  sequence: text,
  version: integer,
  digest: { ...text, description: "sha256 of the canonical document." },
  format: integer,
  path: text,
  commit_sha: text,
  author: text,
  committed_at: instant,
  published_at: instant,
} as const;

const sequence = {
  id: text,
  name: text,
  state: { type: "string", enum: ["active", "retired"] },
  active_version: integer,
  target: targetType,
  purpose: { type: "string", enum: ["transactional", "marketing"] },
  steps: { ...integer, description: "How many steps the active version has." },
  path: text,
  commit_sha: text,
  published_at: instant,
  updated_at: instant,
} as const;

const schemas = [
  { $id: "Sequence", ...answer(sequence) },
  {
    $id: "SequenceDetail",
    ...answer({
      ...sequence,
      live_enrollments: {
        type: "array",
        description: "Enrollments under way, by the version they stay on and their next step.",
        items: answer({ version: integer, step: maybeText, count: integer }),
      },
    }),
  },
  { $id: "SequenceVersion", ...answer(version) },
  {
    $id: "SequenceVersionDetail",
    ...answer({
      ...version,
      document: {
        type: "object",
        description: "The canonical document: what is carried out.",
        additionalProperties: true,
      },
      source: { ...text, description: "The file as it was committed." },
    }),
  },
  {
    $id: "Attribute",
    ...answer({
      entity: targetType,
      key: text,
      type: text,
      options: { type: ["array", "null"], items: text },
      description: maybeText,
      commit_sha: text,
      created_at: instant,
    }),
  },
];

/** What is published: sequences, their versions, custom attributes. */
export async function sequenceRoutes(app: FastifyInstance, { db }: AppDeps): Promise<void> {
  for (const schema of schemas) app.addSchema(schema);

  app.get<{ Querystring: PageQuery }>(
    "/v1/sequences",
    endpoint({
      access: "read",
      tag,
      summary: "List sequences",
      query: pageQuery,
      answers: { 200: listOf("Sequence") },
    }),
    async ({ query }) => {
      const page = { after: afterOf(query, RESOURCE_ID), limit: query.limit + 1 };
      return pageOf(await listSequences(db, {}, page), query.limit, (row) => row.id);
    },
  );

  app.get<{ Params: { id: string } }>(
    "/v1/sequences/:id",
    endpoint({
      access: "read",
      tag,
      summary: "Read a sequence",
      params: { id: resourceId },
      answers: { 200: ok("SequenceDetail", "The sequence.") },
      problems: ["unknown-sequence"],
    }),
    async ({ params: { id } }) => ({
      ...(await read(id)),
      live_enrollments: await countLive(db, id),
    }),
  );

  app.get<{ Params: { id: string }; Querystring: PageQuery }>(
    "/v1/sequences/:id/versions",
    endpoint({
      access: "read",
      tag,
      summary: "List a sequence's versions, the newest first",
      params: { id: resourceId },
      query: pageQuery,
      answers: { 200: listOf("SequenceVersion") },
      problems: ["unknown-sequence"],
    }),
    async ({ params: { id }, query }) => {
      await read(id);
      const after = afterOf(query, /^[1-9]\d{0,8}$/);
      const below = after === null ? null : Number(after);
      const rows = await listVersions(db, id, { below, limit: query.limit + 1 });
      const named = rows.map(({ sequence_id: sequence, ...row }) => ({ sequence, ...row }));
      return pageOf(named, query.limit, (row) => String(row.version));
    },
  );

  app.get<{ Params: { id: string; version: number } }>(
    "/v1/sequences/:id/versions/:version",
    endpoint({
      access: "read",
      tag,
      summary: "Read a version: its document and its source",
      params: {
        id: resourceId,
        version: { type: "integer", minimum: 1, maximum: 2_147_483_647 },
      },
      answers: { 200: ok("SequenceVersionDetail", "The version.") },
      problems: ["unknown-sequence", "not-found"],
    }),
    async ({ params: { id, version } }) => {
      await read(id);
      const found = await readVersion(db, id, version);
      if (found === null) throw notFound(`version ${version} of ${id}`);
      const { sequence_id: sequence, ...row } = found;
      return { sequence, ...row };
    },
  );

  app.get(
    "/v1/attributes",
    endpoint({
      access: "read",
      tag,
      summary: "List custom attributes",
      answers: { 200: listOf("Attribute") },
    }),
    async () => ({ data: await listAttributes(db), next_cursor: null }),
  );

  async function read(id: string) {
    const [found] = await listSequences(db, { id }, { after: null, limit: 1 });
    if (found !== undefined) return found;
    const guess = didYouMean(id, await listSequenceIds(db));
    const hint = guess === undefined ? "" : `; did you mean ${guess}?`;
    throw new Problem("unknown-sequence", `There is no sequence ${id}${hint}`);
  }
}
