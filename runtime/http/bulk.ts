import type { Attribute } from "../../store/attributes.ts";
import { readEnrollRequest, type EnrollBody } from "./enroll-request.ts";
import type { Log } from "../log.ts";
import { logFailure, problemOf } from "./errors.ts";
import { BULK_ROWS, LINE_LIMIT } from "./limits.ts";
import { lines, type Line } from "./lines.ts";
import type { EnrollRequest, EnrollResult, HttpPorts } from "./ports.ts";
import { invalid, Problem } from "./problem.ts";
import { enrollBody } from "./schemas/enrollment.ts";
import { checker } from "./validation.ts";

const check = checker(enrollBody);

interface Context {
  readonly parse: (text: string) => unknown;
  readonly attributes: readonly Attribute[];
  readonly ports: HttpPorts;
  readonly log: Log;
  readonly requestId: string;
}

type Row = { readonly line: number } & (
  | { readonly request: EnrollRequest }
  | { readonly problem: Problem }
);

/**
 * Enrolls rows as they arrive: what came together goes into one transaction. Reading waits while a
 * transaction runs, and answering waits for the reader.
 * @returns NDJSON, one line a row
 */
export async function* enrollRows(
  source: AsyncIterable<Buffer>,
  context: Context,
): AsyncGenerator<string> {
  for await (const arrived of lines(source, LINE_LIMIT)) {
    for (let from = 0; from < arrived.length; from += BULK_ROWS) {
      const rows = arrived.slice(from, from + BULK_ROWS).map((line) => readRow(line, context));
      yield await answer(rows, context);
    }
  }
}

function readRow(line: Line, { parse, attributes }: Context): Row {
  try {
    if (line.text === null) throw new Problem("malformed-request", line.problem ?? "");
    const body = parse(line.text);
    const errors = check(body);
    if (errors.length > 0) throw invalid(errors);
    const read = readEnrollRequest(body as EnrollBody, attributes, null);
    if ("errors" in read) throw invalid(read.errors);
    return { line: line.number, request: read.request };
  } catch (error) {
    if (error instanceof Problem) return { line: line.number, problem: error };
    throw error;
  }
}

async function answer(rows: readonly Row[], context: Context): Promise<string> {
  const requests = rows.flatMap((row) => ("request" in row ? [row.request] : []));
  const outcomes = await enroll(requests, context);
  let next = 0;
  const answers = rows.map((row) => {
    const outcome = "problem" in row ? row.problem : outcomes[next++]!;
    return JSON.stringify(answerOf(row.line, outcome));
  });
  return `${answers.join("\n")}\n`;
}

/** A batch that fails is tried row by row, so that only the row at fault fails. */
async function enroll(
  requests: readonly EnrollRequest[],
  context: Context,
): Promise<readonly (EnrollResult | Problem)[]> {
  if (requests.length === 0) return [];
  try {
    return await context.ports.enroll(requests);
  } catch (error) {
    const problem = problemOf(error, context.requestId);
    const isPassing = problem.problem === "unavailable";
    if (requests.length === 1 || isPassing) {
      logFailure(context.log, error, context.requestId);
      return requests.map(() => problem);
    }
  }
  const outcomes: (EnrollResult | Problem)[] = [];
  for (const request of requests) outcomes.push(...(await enroll([request], context)));
  return outcomes;
}

function answerOf(line: number, outcome: EnrollResult | Problem): object {
  if (outcome instanceof Problem) {
    return { line, status: outcome.status, error: outcome.toDocument() };
  }
  if ("refused" in outcome) {
    const { problem, detail } = outcome.refused;
    return answerOf(line, new Problem(problem, detail));
  }
  return { line, status: outcome.status, ...outcome.enrolled };
}
