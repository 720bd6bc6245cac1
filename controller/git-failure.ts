import type { Source } from "./source.ts";

type GitFailureReason =
  | "AuthenticationFailed"
  | "Unreachable"
  | "Redirected"
  | "BranchNotFound"
  | "NotARepository"
  | "Timeout"
  | "GitFailed";

/** A git failure that an operator can mend; the message says how and carries no credentials. */
export class GitFailure extends Error {
  override readonly name = "GitFailure";
  readonly reason: GitFailureReason;

  constructor(reason: GitFailureReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** What a failure is told of, and what must not be told. */
export type Named = Pick<Source, "url" | "authorization">;

/**
 * Names a failure by what the operator has to do about it.
 * @param text what git printed
 * @param branch the one that was asked for
 */
export function failureOf(text: string, source: Named, branch: string | null): GitFailure {
  const { url } = source;
  const detail = printable(text, source);
  for (const [pattern, reason, advice] of FAILURES) {
    if (pattern.test(text)) {
      return new GitFailure(reason, `${advice(url, branch)} (git: ${detail})`);
    }
  }
  return new GitFailure("GitFailed", `git failed on ${url}: ${detail}`);
}

export function timeoutOf({ url }: Named): GitFailure {
  const advice = `check the host, the network and, where there is one, the proxy`;
  return new GitFailure("Timeout", `${url} did not answer in time; ${advice}`);
}

const LONGEST_DETAIL = 300;

/** The line that tells, as one line, and without the secrets that a host may have sent back. */
function printable(text: string, { authorization }: Named): string {
  const lines = text.split(/[\r\n]/);
  const said = lines.find((line) => /fatal|error|denied|refused/i.test(line)) ?? text;
  const redacted = secretsIn(authorization).reduce(
    (rest, secret) => rest.replaceAll(secret, "…"),
    said,
  );
  return redacted
    .replaceAll(/\p{Cc}+/gu, " ")
    .trim()
    .slice(0, LONGEST_DETAIL);
}

/** A header, its encoded part, and the login and the token in it. */
function secretsIn(authorization: string | null): readonly string[] {
  if (authorization === null) return [];
  const encoded = authorization.slice(authorization.indexOf(" ") + 1);
  const login = Buffer.from(encoded, "base64").toString();
  const token = login.slice(login.indexOf(":") + 1);
  return [authorization, encoded, login, token].filter((secret) => secret !== "");
}

type Advice = (url: string, branch: string | null) => string;

/** Which text means what; the first that matches counts. */
const FAILURES: readonly (readonly [RegExp, GitFailureReason, Advice])[] = [
  [
    /spawn git ENOENT/,
    "GitFailed",
    () => "there is no git on this machine; install it and put it on PATH",
  ],
  [
    /Authentication failed|could not read (?:Username|Password)|terminal prompts disabled|error: 40[13]|Permission denied|publickey/i,
    "AuthenticationFailed",
    (url) =>
      `${url} refused the credentials; set CADENZA_SOURCE_TOKEN (or the SSH key) to one that may read it`,
  ],
  [
    /error: 30[12378]/,
    "Redirected",
    (url) =>
      `${url} answered with a redirect, which is not followed with credentials; set --source to the address it leads to`,
  ],
  [
    /couldn't find remote ref|Remote branch .* not found/i,
    "BranchNotFound",
    (url, branch) => `${url} has no branch ${branch ?? ""}; set --branch or CADENZA_BRANCH`,
  ],
  [
    /not appear to be a git repository|repository .*not found|error: 404|does not exist|not valid: is this a git/i,
    "NotARepository",
    (url) =>
      `there is no git repository at ${url} that this server may see; check --source and the token`,
  ],
  [
    /Could not resolve|Failed to connect|Connection (?:refused|timed out|reset)|unable to access|Host key verification failed|early EOF|hung up|not known/i,
    "Unreachable",
    (url) => `${url} cannot be reached; check the host, the network and, for ssh, known_hosts`,
  ],
];
