import type { Model } from "../model.ts";

/** `${env:CADENZA_SECRET_…}` or `${file:NAME}`: nothing else of the server can be named. */
const REFERENCE = /^\$\{(?:env:CADENZA_SECRET_[A-Z0-9_]+|file:[A-Za-z0-9][A-Za-z0-9._-]*)\}$/;

/** Credentials are references to secrets, never the secrets. The finding does not repeat the value. */
export function secrets(model: Model): void {
  for (const { file, value } of model.inboxes.values()) {
    if (!("credentials" in value) || value.credentials === undefined) continue;
    for (const [key, reference] of Object.entries(value.credentials)) {
      if (typeof reference === "string" && REFERENCE.test(reference)) continue;
      const variable = `CADENZA_SECRET_${value.id}_${key}`.toUpperCase().replaceAll("-", "_");
      const hint = `write \${env:${variable}} or \${file:${value.id}-${key}}, and give the server the value; if this one was real, change it`;
      model.at(
        file,
        ["credentials", key],
        "literal-secret",
        `"${key}" must refer to a secret, never be one`,
        hint,
      );
    }
  }
}
