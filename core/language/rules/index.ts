import type { Model } from "../model.ts";
import { attributes } from "./attributes.ts";
import { conditions } from "./conditions.ts";
import { content } from "./content.ts";
import { identity } from "./identity.ts";
import { inboxes } from "./inboxes.ts";
import { lint } from "./lint.ts";
import { numberLike } from "./number-like.ts";
import { parameters } from "./parameters.ts";
import { personas } from "./personas.ts";
import { references } from "./references.ts";
import { secrets } from "./secrets.ts";
import { sendable } from "./sendable.ts";
import { sequenceTemplates } from "./sequence-templates.ts";
import { settings } from "./settings.ts";
import { sms } from "./sms.ts";
import { spam } from "./spam.ts";
import { templates } from "./templates.ts";
import { tests } from "./tests.ts";
import { time } from "./time.ts";
import { unsubscribe } from "./unsubscribe.ts";
import { unusedMessages } from "./unused-message.ts";

/** Every rule beyond the schemas, in the order they run. Each reports all it finds. */
export const RULES: readonly ((model: Model) => void)[] = [
  identity,
  references,
  attributes,
  inboxes,
  secrets,
  time,
  templates,
  content,
  parameters,
  settings,
  personas,
  tests,
  sequenceTemplates,
  conditions,
  sms,
  spam,
  sendable,
  numberLike,
  unsubscribe,
  unusedMessages,
  lint,
];
