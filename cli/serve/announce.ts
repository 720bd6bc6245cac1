import { DateTime } from "luxon";
import type { Db } from "../../store/database.ts";
import { listSequences } from "../../store/sequences.ts";
import { readDocument } from "../../store/workspace.ts";
import { paint } from "../output/paint.ts";
import type { ServeConfig } from "./config.ts";
import type { Server } from "./server.ts";

/** Zones around the globe: somewhere it is always a good morning to write to somebody. */
const ZONES = [
  "Pacific/Auckland",
  "Australia/Sydney",
  "Asia/Tokyo",
  "Asia/Kolkata",
  "Asia/Dubai",
  "Europe/Berlin",
  "Atlantic/Azores",
  "America/Sao_Paulo",
  "America/New_York",
  "America/Denver",
  "America/Los_Angeles",
  "Pacific/Honolulu",
];
const GOOD_HOUR = 10;

/** A zone where it is mid-morning, so that most of the day's sending hours still lie ahead. */
export function daytimeZone(now: number): string {
  const distance = (zone: string) => {
    const { hour, minute } = DateTime.fromMillis(now, { zone });
    return Math.abs(hour + minute / 60 - GOOD_HOUR);
  };
  return ZONES.toSorted((a, b) => distance(a) - distance(b))[0] ?? "UTC";
}

/** What `serve` prints before anything that may take a while. */
export function starting({ roles, databaseUrl, dataDir }: ServeConfig, version: string): string {
  const database = databaseUrl === null ? `the embedded database in ${dataDir}` : "PostgreSQL";
  return `cadenza ${version}: starting ${[...roles].join(", ")} on ${database} …\n`;
}

/** What `serve` prints once it runs. */
export function welcome(
  config: ServeConfig,
  server: Pick<Server, "url" | "monitor" | "controller">,
  made: { readonly key: string } | null,
  color: boolean,
): string {
  const { url, monitor, controller } = server;
  const { bold, dim, yellow } = paint(color);
  const row = (name: string, value: string) => `  ${dim(name.padEnd(10))} ${value}`;
  const lines = [
    "",
    bold("Cadenza is running."),
    ...(url === null ? [] : [row("Console", url), row("API", `${url}/docs`)]),
    ...(url !== null || monitor === null ? [] : [row("Metrics", `${monitor}/metrics`)]),
    ...(controller === null
      ? []
      : [row("Source", `${controller.url} ${dim(`(${config.source.path || "."})`)}`)]),
    row("Data", config.databaseUrl === null ? config.dataDir : "PostgreSQL"),
    config.delivery === "live"
      ? row("Delivery", bold("LIVE: messages go to real people"))
      : row("Delivery", yellow(`off: every message lands in ${config.dataDir}/outbox`)),
    ...(made === null ? [] : ["", `  Your operator key, shown only now: ${bold(made.key)}`]),
    "",
  ];
  return `${lines.join("\n")}\n`;
}

/**
 * A `curl` that enrolls somebody in a published sequence, so that the first message can be seen at once:
 * the first one about a contact that begins immediately. Null while there is none.
 */
export async function readyCurl(
  db: Db,
  config: ServeConfig,
  url: string,
  now: number,
): Promise<string | null> {
  const sequences = await listSequences(db, {}, { after: null, limit: 100 });
  for (const { id, active_version: version } of sequences) {
    const document = await readDocument(db, id, version);
    const isEasy = document?.target === "contact" && document.steps[0]?.wait.kind === "immediately";
    if (isEasy) return curlFor(id, config, url, now);
  }
  return null;
}

function curlFor(sequence: string, config: ServeConfig, url: string, now: number): string {
  const id = `demo-${now.toString(36)}`;
  const contact = {
    id,
    first_name: "Robin",
    email: "robin@example.com",
    phone: "+15550100",
    timezone: daytimeZone(now),
    language: "en",
  };
  const body = { sequence, target: { type: "contact", id }, contact };
  const key = config.apiKey === null ? `$(cat ${config.dataDir}/api-key)` : "$CADENZA_API_KEY";
  return [
    `curl -sS ${url}/v1/enrollments \\`,
    `  -H "Authorization: Bearer ${key}" \\`,
    `  -H "Content-Type: application/json" \\`,
    `  -d '${JSON.stringify(body)}'`,
  ].join("\n");
}
