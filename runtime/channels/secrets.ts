import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** A reference that has no value here. The message names the reference, never a value. */
export class SecretMissing extends Error {
  override readonly name = "SecretMissing";
}

const ENV = /^\$\{env:(CADENZA_SECRET_[A-Z0-9_]+)\}$/;
const FILE = /^\$\{file:([A-Za-z0-9][A-Za-z0-9._-]*)\}$/;

/**
 * Resolves a credential of an inbox: `${env:CADENZA_SECRET_…}`, or `${file:NAME}` under the secrets
 * folder. Nothing else of the server's environment or disk can be named.
 * @throws SecretMissing
 */
export async function resolveSecret(
  reference: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const variable = ENV.exec(reference)?.[1];
  if (variable !== undefined) {
    const value = env[variable];
    if (!value) throw new SecretMissing(`${variable} is not set`);
    return value;
  }
  const name = FILE.exec(reference)?.[1];
  if (name === undefined) {
    throw new SecretMissing(
      "a credential must be ${env:CADENZA_SECRET_…} or ${file:NAME}, with nothing around it",
    );
  }
  const folder = env["CADENZA_SECRETS_DIR"];
  if (!folder)
    throw new SecretMissing(`CADENZA_SECRETS_DIR is not set, where ${name} is looked for`);
  try {
    return (await readFile(join(folder, name), "utf8")).trim();
  } catch {
    throw new SecretMissing(`there is no readable file ${name} in CADENZA_SECRETS_DIR`);
  }
}
