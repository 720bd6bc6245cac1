import { durationWords, waitWords } from "../../preview/words.ts";
import type { CanonicalDocument, CanonicalStep, Trigger } from "../document.ts";
import { expand, type Step } from "../expand.ts";
import { contentFields, templateFields } from "./content-fields.ts";
import { fieldsFrom, type Fields } from "./fields.ts";

/** Everything that a step does, in words: with its defaults where they are filled in. */
export function stepFields(step: CanonicalStep | Step): Fields {
  const { ai, on_failure: failure } = step;
  const own = fieldsFrom({
    wait: waitWords({ wait: step.wait }),
    at: step.at,
    if: step.if,
    if_past: step.if_past,
    expires_after: step.expires_after && durationWords(step.expires_after),
    channel: step.channel,
    inbox: step.inbox,
    compose: step.compose,
    "ai.intent": ai?.intent,
    "ai.tone": ai?.tone,
    "ai.max_characters": ai?.max_characters,
    "ai.required_phrases": ai?.required_phrases,
    "ai.forbidden_phrases": ai?.forbidden_phrases,
    "on_failure.retry": failure?.retry,
    "on_failure.channels": failure?.channels,
    "on_failure.then": failure?.then,
  });
  const { outside_window: window } = step;
  return new Map([
    ...own,
    ...contentFields(step.content),
    ...(window === undefined ? [] : templateFields(window, "outside_window")),
  ]);
}

/** Everything that a sequence says beside its steps. */
export function sequenceFields(document: CanonicalDocument): Fields {
  const { name, purpose, target, reenroll, onePer, triggers, exitEvents, goal } = expand(document);
  return fieldsFrom({
    name,
    purpose,
    target,
    "enroll.reenroll": reenroll,
    "enroll.one_per": onePer,
    triggers: triggers.length === 0 ? null : triggers.map(triggerWords),
    "exit.events": exitEvents,
    "exit.goal": goal,
  });
}

function triggerWords(trigger: Trigger): string {
  const on = "event" in trigger ? trigger.event : `inactive for ${durationWords(trigger.inactive)}`;
  return trigger.if === undefined ? on : `${on} if ${trigger.if}`;
}
