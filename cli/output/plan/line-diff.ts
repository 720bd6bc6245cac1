/** More lines than these are told whole, the old ones and then the new ones. */
const MOST_LINES = 300;

/** So many lines around a change are told, to find it in its text. */
const AROUND = 2;

/** Two texts as one, line by line: `-` gone, `+` new, and a space for what stays. */
export function lineDiff(before: string, after: string): string[] {
  const old = before === "" ? [] : before.split("\n");
  const now = after === "" ? [] : after.split("\n");
  if (old.length > MOST_LINES || now.length > MOST_LINES) return [...gone(old), ...made(now)];
  const shared = commonLengths(old, now);
  const lines: string[] = [];
  let [i, j] = [0, 0];
  while (i < old.length && j < now.length) {
    if (old[i] === now[j]) {
      lines.push(`  ${old[i]}`);
      i += 1;
      j += 1;
    } else if ((shared[i + 1]?.[j] ?? 0) >= (shared[i]?.[j + 1] ?? 0)) {
      lines.push(`- ${old[i]}`);
      i += 1;
    } else {
      lines.push(`+ ${now[j]}`);
      j += 1;
    }
  }
  return [...lines, ...gone(old.slice(i)), ...made(now.slice(j))];
}

/** The lines that changed, with a few around them; empty where none did. */
export function aroundChanges(lines: readonly string[]): string[] {
  const isNear = lines.map((_, at) =>
    lines.slice(Math.max(0, at - AROUND), at + AROUND + 1).some(isChange),
  );
  if (!isNear.includes(true)) return [];
  return lines.flatMap((line, at) => {
    if (isNear[at]) return [line];
    return at === 0 || isNear[at - 1] ? ["  …"] : [];
  });
}

export function isChange(line: string): boolean {
  return !line.startsWith(" ");
}

function gone(lines: readonly string[]): string[] {
  return lines.map((line) => `- ${line}`);
}

function made(lines: readonly string[]): string[] {
  return lines.map((line) => `+ ${line}`);
}

/** How many lines the rests from each pair of places have in common. */
function commonLengths(old: readonly string[], now: readonly string[]): number[][] {
  const lengths = Array.from({ length: old.length + 1 }, () =>
    Array.from({ length: now.length + 1 }, () => 0),
  );
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = now.length - 1; j >= 0; j--) {
      const row = lengths[i]!;
      const below = lengths[i + 1]!;
      row[j] =
        old[i] === now[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return lengths;
}
