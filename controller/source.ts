import { existsSync } from "node:fs";
import { resolve } from "node:path";

/** Where cadences come from, as the operator set it. */
export interface SourceSettings {
  /** A git URL (`https`, `http`, `ssh`, `file`, or `user@host:path`) or a local path. May carry credentials. */
  readonly url: string;
  /** Null: the source's own default branch. */
  readonly branch: string | null;
  /** The folder with `cadenza.yaml`, relative to the repository's root. */
  readonly path: string;
  readonly token: string | null;
  readonly sshKey: string | null;
  readonly knownHosts: string | null;
}

/** A source whose parts are safe to hand to git and to print. */
export interface Source {
  /** Without credentials. */
  readonly url: string;
  readonly branch: string | null;
  /** No leading or trailing slash; empty for the repository's root. */
  readonly path: string;
  /** The value of an `Authorization` header; null without credentials. */
  readonly authorization: string | null;
  readonly sshKey: string | null;
  readonly knownHosts: string | null;
}

/** A setting of the source that cannot be used; the message says what to change. */
export class InvalidSource extends Error {
  override readonly name = "InvalidSource";
}

/** Whether git, a log and a terminal can take it for the name of a branch. */
export function isBranch(name: string): boolean {
  return BRANCH.test(name);
}

const BRANCH = /^(?![-/.])(?!.*(?:\.\.|\/\/|@\{|\.lock$|[/.]$))[^\s~^:?*[\\\p{Cc}]+$/u;
const SCP = /^[\w.-]+@[\w.-]+:(?!\/\/)/;

/**
 * Checks a source's settings and separates its credentials from its URL.
 * @throws InvalidSource
 */
export function sourceOf(settings: SourceSettings): Source {
  const { branch, token } = settings;
  if (branch !== null && !isBranch(branch)) {
    throw new InvalidSource(`"${branch}" is not a branch name; set --branch or CADENZA_BRANCH`);
  }
  const parts = settings.path.split("/").filter((part) => part !== "" && part !== ".");
  const path = parts.join("/");
  if (parts.includes("..") || /[\p{Cc}:]/u.test(path)) {
    throw new InvalidSource(
      `"${settings.path}" is not a folder inside the repository; set --path or CADENZA_PATH`,
    );
  }
  const { url, authorization } = addressOf(settings.url, token?.trim() || null);
  const sshKey = fileOf("CADENZA_SOURCE_SSH_KEY", settings.sshKey);
  const knownHosts = fileOf("CADENZA_SOURCE_KNOWN_HOSTS", settings.knownHosts);
  return { url, branch, path, authorization, sshKey, knownHosts };
}

/** ssh runs in another folder, and says nothing of a file that is not there. */
function fileOf(setting: string, path: string | null): string | null {
  if (path === null || existsSync(path)) return path === null ? null : resolve(path);
  throw new InvalidSource(`there is no file ${path}; set ${setting} to one`);
}

function addressOf(given: string, token: string | null): Pick<Source, "url" | "authorization"> {
  if (given.startsWith("-") || /\p{Cc}/u.test(given)) {
    // Not repeated: it may hold a token.
    throw new InvalidSource("the source is not a git URL or path; set --source or CADENZA_SOURCE");
  }
  if (SCP.test(given)) return { url: given, authorization: null };
  if (!/^[\w.+-]+:\/\//.test(given)) return { url: localPath(given), authorization: null };
  const parsed = URL.parse(given);
  if (parsed === null || !["https:", "http:", "ssh:", "file:"].includes(parsed.protocol)) {
    throw new InvalidSource(`the source must be an https, ssh or file URL, or a local path`);
  }
  const user = decoded(parsed.username);
  const password = decoded(parsed.password);
  parsed.password = "";
  // Of a URL for ssh, the user is no secret, and a password is not asked for.
  if (!parsed.protocol.startsWith("http")) {
    return { url: password === "" ? given : parsed.href, authorization: null };
  }
  parsed.username = "";
  const login = credentials(user, password, token);
  const authorization = login === null ? null : `Basic ${Buffer.from(login).toString("base64")}`;
  return { url: parsed.href, authorization };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new InvalidSource(
      "the credentials in the source's URL are not percent-encoded; encode them",
    );
  }
}

/** Hosts take a token as the password of any user; a user alone in the URL is a token too. */
function credentials(user: string, password: string, token: string | null): string | null {
  if (token !== null) return `${user || "x-access-token"}:${token}`;
  if (user === "") return null;
  return password === "" ? `x-access-token:${user}` : `${user}:${password}`;
}

/** Absolute, since git runs in another folder, and so that nothing in it is taken for an option or a URL. */
function localPath(path: string): string {
  if (existsSync(path)) return resolve(path);
  const shown = path.replace(/^[^/]*@/, "…@");
  throw new InvalidSource(
    `there is no ${shown}; set --source or CADENZA_SOURCE to a git URL or path`,
  );
}
