type Data = Readonly<Record<string, unknown>>;

/**
 * What happened to an enrollment, as a sentence: why something was sent, and why not.
 * @param data of the history's entry; it may hold anything that a contact or a provider wrote
 */
export function saidOf(type: string, data: Data): string {
  const of = (name: string): string => textOf(data[name]);
  const because = of("reason") === "" ? "" : `: ${of("reason")}`;
  const by = of("by") === "" ? "" : ` by ${of("by")}`;
  const told = [of("code"), of("error") || of("message_text")].filter((part) => part !== "");
  const problem = told.length === 0 ? "" : `: ${told.join(" ")}`;
  switch (type) {
    case "enrolled":
      return `Enrolled in version ${of("version")}`;
    case "scheduled":
      return `The first step is due ${of("due_at")}`;
    case "rescheduled":
      return `Due at another time: ${of("due_at")}${because}`;
    case "sent":
      return `Sent by ${of("channel")} from ${of("inbox")}${because}`;
    case "delivered":
      return "Delivered";
    case "read":
      return "Read";
    case "replied":
      return "They replied";
    case "skipped":
      return `Not sent${because}${by}`;
    case "attempt_failed":
      return `An attempt failed${problem}`;
    case "step_failed":
      return `Not sent: all attempts failed${problem}`;
    case "delivery_failed":
      return `The provider reports that it failed${problem}`;
    case "unknown":
      return `It may or may not have been sent${problem}`;
    case "settled":
      return `Settled as ${of("as") || "known"}${by}`;
    case "held":
      return `Held until somebody sees to it${because}`;
    case "released":
      return `Goes on${by}`;
    case "halted":
      return `Kept back by the halt of ${of("scope")}`;
    case "drafted":
      return of("problem") === ""
        ? `${of("model")} wrote a draft`
        : `The static text stands in: ${of("problem")}`;
    case "approved":
      return data["edited"] === true
        ? `Rewritten and approved${by}`
        : `The draft was approved${by}`;
    case "discarded":
      return `The draft was discarded${by}`;
    case "exited":
      return `Ended early${because}${by}`;
    default:
      return `${type.replaceAll("_", " ")}${because}${by}`.replace(/^./, (first) =>
        first.toUpperCase(),
      );
  }
}

const INSTANT = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d).*Z$/;

function textOf(value: unknown): string {
  if (typeof value === "string") return value.replace(INSTANT, "$1 $2 UTC");
  return typeof value === "number" ? String(value) : "";
}
