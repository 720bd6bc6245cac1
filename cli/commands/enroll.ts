import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { entities } from "../../schemas/index.ts";
import { connect, telling, type Client, type RemoteOptions } from "../client.ts";
import { EXIT, printJson, UsageError, type ExitCode, type Io } from "../io.ts";

interface EnrollOptions extends RemoteOptions {
  readonly target?: string;
  readonly contact?: string;
  readonly set?: readonly string[];
  readonly startAt?: string;
  readonly file?: string;
}

interface Enrolled {
  readonly id: string;
  readonly sequence: string;
  readonly version: number;
  readonly state: string;
  readonly next_step: string | null;
  readonly next_due_at: string | null;
}

/** `cadenza enroll`: one target by flags, or every row of an NDJSON file. */
export function enroll(
  sequence: string | undefined,
  options: EnrollOptions,
  io: Io,
): Promise<ExitCode> {
  return telling(io, async () => {
    if (options.file !== undefined) {
      if (sequence !== undefined)
        throw new UsageError("with --file each row names its own sequence");
      return enrollFile(await connect(options, io), resolve(io.cwd, options.file), io);
    }
    if (sequence === undefined) throw new UsageError("name the sequence, or rows with --file");
    const request = requestOf(sequence, options);
    const client = await connect(options, io);
    const { status, body } = await client.request<Enrolled>("POST", "/v1/enrollments", request);
    if (options.output === "json") printJson(io, body);
    else io.out(tell(status, body));
    return EXIT.fine;
  });
}

function requestOf(sequence: string, options: EnrollOptions) {
  const target = targetOf(options);
  const contactId = options.contact ?? (target.type === "contact" ? target.id : undefined);
  const contact: Record<string, unknown> = contactId === undefined ? {} : { id: contactId };
  const data: Record<string, unknown> = {};
  for (const assignment of options.set ?? []) {
    const [, entity, field, value] = /^(\w+)\.([\w.]+)=(.*)$/s.exec(assignment) ?? [];
    if (entity === undefined || field === undefined || value === undefined) {
      throw new UsageError(
        `--set ${assignment}: write entity.field=value, such as contact.first_name=Ana`,
      );
    }
    if (entity !== "contact" && entity !== target.type) {
      throw new UsageError(
        `--set ${assignment}: only contact.* and ${target.type}.* can be set here`,
      );
    }
    put(entity === "contact" ? contact : data, field, valueOf(value, entity, field));
  }
  return {
    sequence,
    target,
    ...(Object.keys(contact).length === 0 ? {} : { contact }),
    ...(Object.keys(data).length === 0 ? {} : { data }),
    ...(options.startAt === undefined ? {} : { start_at: options.startAt }),
  };
}

function targetOf({ target, contact }: EnrollOptions): { type: string; id: string } {
  if (target === undefined) {
    if (contact === undefined)
      throw new UsageError("name whom: --target <type:id>, or --contact <id>");
    return { type: "contact", id: contact };
  }
  const [, type, id] = /^(\w+):(.+)$/s.exec(target) ?? [];
  if (type === undefined || id === undefined) {
    throw new UsageError(`--target ${target}: write type:id, such as charge:ch_1042`);
  }
  return { type, id };
}

function put(entity: Record<string, unknown>, field: string, value: unknown): void {
  const [first, ...rest] = field.split(".");
  if (first !== "custom" || rest.length === 0) {
    entity[field] = value;
    return;
  }
  const custom = (entity["custom"] ?? {}) as Record<string, unknown>;
  entity["custom"] = { ...custom, [rest.join(".")]: value };
}

/** Text stays text where the field is text; elsewhere numbers, booleans and null are meant as such. */
function valueOf(text: string, entity: string, field: string): unknown {
  if (text === "null") return null;
  if (Object.hasOwn(entities, entity) && isText(entity as Entity, field)) return text;
  if (/^-?\d+(\.\d+)?$/.test(text) && !/^-?0\d/.test(text)) return Number(text);
  return text === "true" || text === "false" ? text === "true" : text;
}

type Entity = Exclude<keyof typeof entities, "unsubscribe_url">;

function isText(entity: Entity, field: string): boolean {
  const fields: Readonly<Record<string, { readonly type: string }>> = entities[entity].fields;
  return (
    Object.hasOwn(fields, field) && !["number", "currency"].includes(fields[field]?.type ?? "")
  );
}

async function enrollFile(client: Client, path: string, io: Io): Promise<ExitCode> {
  const rows = await readFile(path).catch(() => {
    throw new UsageError(`cannot read ${path}`);
  });
  let refused = 0;
  let taken = 0;
  await client.stream("/v1/enrollments/bulk", new Uint8Array(rows), (line) => {
    io.out(`${line}\n`);
    if ("error" in (JSON.parse(line) as object)) refused += 1;
    else taken += 1;
  });
  io.err(`${taken} enrolled, ${refused} refused\n`);
  return refused > 0 ? EXIT.findings : EXIT.fine;
}

function tell(status: number, enrolled: Enrolled): string {
  const { id, sequence, version, state, next_step: step, next_due_at: due } = enrolled;
  const what = status === 201 ? "enrolled" : "already under way:";
  const next = step === null ? state : `${state}, next ${step}${due === null ? "" : ` at ${due}`}`;
  return `${what} ${id} in ${sequence}@${version}: ${next}\n`;
}
