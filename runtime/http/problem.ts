/** Every problem that the API answers with: its status and title. The name ends the `type` URI. */
export const PROBLEMS = {
  "malformed-request": [400, "The request cannot be read"],
  "invalid-request": [400, "The request is not valid"],
  unauthenticated: [401, "A valid API key is needed"],
  forbidden: [403, "This API key may not do that"],
  "not-found": [404, "There is no such thing"],
  "unknown-sequence": [404, "There is no such sequence"],
  "method-not-allowed": [405, "This address does not take that method"],
  timeout: [408, "The request took too long to arrive"],
  "retired-sequence": [409, "The sequence is retired"],
  "not-reenrolled": [409, "The sequence takes this target only once"],
  "wrong-state": [409, "The state does not allow that"],
  "unmapped-step": [409, "The other version has no place for a step"],
  "step-repeats": [409, "A step would be sent again"],
  "migration-running": [409, "A migration is under way"],
  "other-contact": [409, "The record belongs to another contact"],
  "body-too-large": [413, "The body is too large"],
  "uri-too-long": [414, "The address is too long"],
  "unsupported-media-type": [415, "The body has the wrong content type"],
  "unknown-contact": [422, "There is no such contact"],
  "unknown-target": [422, "There is no such target"],
  "contact-missing": [422, "The request does not say whose record it is"],
  "wrong-target-type": [422, "The sequence is about another kind of target"],
  "contact-mismatch": [422, "The request names two contacts"],
  "idempotency-key-reused": [422, "The Idempotency-Key was used for another request"],
  "event-id-reused": [422, "The event's id was used for another event"],
  "too-many-requests": [429, "Too many requests"],
  "headers-too-large": [431, "The headers are too large"],
  internal: [500, "Something went wrong here"],
  unavailable: [503, "The service cannot answer now"],
} as const satisfies { readonly [name: string]: readonly [status: number, title: string] };

export type ProblemName = keyof typeof PROBLEMS;

/** One thing that is wrong with a request. */
export interface FieldError {
  readonly in: "body" | "query" | "path" | "header";
  /** A JSON pointer into the body, or a parameter's name. */
  readonly path: string;
  readonly message: string;
  readonly hint?: string;
}

/** An RFC 9457 problem document. */
interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance?: string;
  readonly errors?: readonly FieldError[];
}

/** A request that is refused; the message says what to do about it. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly problem: ProblemName;
  readonly errors: readonly FieldError[] | undefined;
  /** Seconds after which it is worth another try. */
  readonly retryAfter: number | undefined;

  constructor(
    problem: ProblemName,
    detail: string,
    errors?: readonly FieldError[],
    retryAfter?: number,
  ) {
    super(detail);
    this.problem = problem;
    this.errors = errors;
    this.retryAfter = retryAfter ?? (problem === "unavailable" ? 5 : undefined);
  }

  get status(): number {
    return PROBLEMS[this.problem][0];
  }

  /** @param instance the address that was asked */
  toDocument(instance?: string): ProblemDocument {
    const [status, title] = PROBLEMS[this.problem];
    return {
      type: `urn:cadenza:problem:${this.problem}`,
      title,
      status,
      detail: this.message,
      ...(instance === undefined ? {} : { instance }),
      ...(this.errors === undefined ? {} : { errors: this.errors }),
    };
  }
}

/** A request whose fields are wrong, all of them at once. */
export function invalid(errors: readonly FieldError[]): Problem {
  const [first] = errors;
  const only = errors.length === 1 && first !== undefined;
  const detail = only
    ? `${first.path === "" ? `the ${first.in}` : first.path}: ${withHint(first)}`
    : `${errors.length} things are wrong; \`errors\` lists them`;
  return new Problem("invalid-request", detail, errors);
}

function withHint({ message, hint }: FieldError): string {
  return hint === undefined ? message : `${message}; ${hint}`;
}

/** @param wait milliseconds until it is worth another try */
export function tooMany(detail: string, wait: number): Problem {
  const seconds = Math.max(1, Math.ceil(wait / 1_000));
  return new Problem("too-many-requests", detail, undefined, seconds);
}

/** @param what such as `enrollment 3f…` */
export function notFound(what: string): Problem {
  return new Problem("not-found", `There is no ${what}`);
}
