import { isUtf8 } from "node:buffer";

const NEWLINE = 0x0a;

export interface Line {
  /** Counted from 1. */
  readonly number: number;
  /** Null where the line is longer than the limit, or not UTF-8. */
  readonly text: string | null;
  readonly problem?: string;
}

/**
 * Cuts a stream into lines, and hands on together what has arrived together. A line beyond the limit is
 * passed over without being kept; blank lines are left out.
 */
export async function* lines(source: AsyncIterable<Buffer>, limit: number): AsyncGenerator<Line[]> {
  let number = 1;
  let rest: Buffer[] = [];
  let length = 0;

  const take = (part: Buffer) => {
    length += part.length;
    if (length <= limit) rest.push(part);
    else rest = [];
  };
  const end = (): Line[] => {
    const tooLong = length > limit;
    const bytes = Buffer.concat(rest);
    const line = lineOf(number, bytes, tooLong, limit);
    number += 1;
    rest = [];
    length = 0;
    return line;
  };

  for await (const chunk of source) {
    const found: Line[] = [];
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      take(chunk.subarray(from, at));
      found.push(...end());
      from = at + 1;
    }
    if (from < chunk.length) take(chunk.subarray(from));
    if (found.length > 0) yield found;
  }
  if (length > 0) yield end();
}

function lineOf(number: number, bytes: Buffer, tooLong: boolean, limit: number): Line[] {
  if (tooLong) return [{ number, text: null, problem: `A line may have ${limit / 1024} KiB` }];
  if (!isUtf8(bytes)) return [{ number, text: null, problem: "The line is not UTF-8" }];
  const text = bytes.toString("utf8").trim();
  return text === "" ? [] : [{ number, text }];
}
