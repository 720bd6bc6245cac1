import { join } from "node:path";
import type { Source } from "./source.ts";
import { quoted, recorded } from "./ssh-process.ts";

/** What the machine says about the way to a host: proxies, certificate authorities, the ssh agent. */
const PASSED = [
  "http_proxy",
  "https_proxy",
  "HTTPS_PROXY",
  "all_proxy",
  "ALL_PROXY",
  "no_proxy",
  "NO_PROXY",
  "GIT_SSL_CAINFO",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "SSH_AUTH_SOCK",
];

type Environment = Readonly<Record<string, string>>;

/**
 * The whole environment of git in a mirror: no configuration of the machine or of the user, no prompt,
 * no hook, no protocol but these, and nothing that a repository could choose.
 * @param mirror absolute; named, so that git never looks for a repository in the folders above
 */
export function localEnvironment(mirror: string): Environment {
  return {
    PATH: process.env["PATH"] ?? "",
    HOME: process.env["HOME"] ?? "",
    LC_ALL: "C",
    GIT_DIR: mirror,
    GIT_TERMINAL_PROMPT: "0",
    GIT_ALLOW_PROTOCOL: "file:http:https:ssh",
    // Nothing that is missing is fetched behind our back, from a host that a repository names.
    GIT_NO_LAZY_FETCH: "1",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: configFile(mirror),
    ...configured([
      ["core.hooksPath", "/dev/null"],
      ["gc.auto", "0"],
    ]),
  };
}

/**
 * The environment of the command that tidies a mirror up. It goes on beside others: it takes none of the
 * locks that a fetch needs, and little of the machine.
 */
export function tidyingEnvironment(mirror: string): Environment {
  return {
    ...localEnvironment(mirror),
    ...configured([
      ["core.hooksPath", "/dev/null"],
      ["gc.autoDetach", "false"],
      ["gc.packRefs", "false"],
      ["gc.writeCommitGraph", "false"],
      ["pack.threads", "1"],
      ["pack.windowMemory", "64m"],
    ]),
  };
}

/**
 * The environment of a command that looks at somebody's checkout: its own settings count, as far as
 * they start no program.
 * @param scratch where our settings stand
 */
export function checkoutEnvironment(scratch: string): Environment {
  const { GIT_DIR: _, ...rest } = localEnvironment(scratch);
  return {
    ...rest,
    ...configured([
      ["core.hooksPath", "/dev/null"],
      ["core.fsmonitor", "false"],
    ]),
  };
}

/**
 * The environment of a command that talks to the source. Credentials stand here only, so that they are
 * in no argument list and no file.
 */
export function remoteEnvironment(mirror: string, source: Source): Environment {
  const { authorization, sshKey, knownHosts } = source;
  const passed = PASSED.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...localEnvironment(mirror),
    ...Object.fromEntries(passed),
    GIT_SSH_COMMAND: recorded(sshCommand(sshKey, knownHosts), mirror),
    // Which git cannot tell from a command that is more than a program's name.
    GIT_SSH_VARIANT: "ssh",
    ...configured([
      ["core.hooksPath", "/dev/null"],
      ["gc.auto", "0"],
      // A redirect would carry the credentials to another host.
      ...(authorization === null
        ? []
        : ([
            ["http.extraHeader", `Authorization: ${authorization}`],
            ["http.followRedirects", "false"],
          ] as const)),
    ]),
  };
}

/** Where git's own settings for a mirror stand. */
export function configFile(mirror: string): string {
  return join(mirror, "cadenza.config");
}

/**
 * A source in a mounted folder often belongs to another account. The git process that serves it takes
 * settings from a file only; there are no repositories here but the mirror and what the operator named.
 */
export const CONFIG = "[safe]\n\tdirectory = *\n";

function configured(settings: readonly (readonly [string, string])[]): Environment {
  const config = settings.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  return { GIT_CONFIG_COUNT: String(settings.length), ...Object.fromEntries(config) };
}

function sshCommand(key: string | null, knownHosts: string | null): string {
  // The shell takes the outer quotes off, and ssh the inner ones; it replaces what follows a percent sign.
  const option = (name: string, path: string) => {
    const setting = `${name}="${path.replaceAll("%", "%%")}"`;
    return `-o ${quoted(setting)}`;
  };
  return [
    "ssh -o BatchMode=yes -o StrictHostKeyChecking=yes -o ConnectTimeout=15",
    // A connection whose git was ended must not outlive it for long.
    "-o ServerAliveInterval=15",
    ...(key === null ? [] : ["-o IdentitiesOnly=yes", option("IdentityFile", key)]),
    ...(knownHosts === null ? [] : [option("UserKnownHostsFile", knownHosts)]),
  ].join(" ");
}
