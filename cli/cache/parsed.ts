import type { CleanFile, ParseCache } from "../../core/language/parse-cache.ts";
import { isPlain } from "./plain.ts";
import { sha256, type Store } from "./store.ts";

const KIND = "parsed";
/** As many as two branches of the largest workspace hold. */
const MOST_ENTRIES = 10_000;

/** Parsed files by the digest of their text, kept in one file a workspace. */
export interface Parsed extends ParseCache {
  /** Keeps what is new for the next run. */
  save(): void;
}

/** Parsed files by their text, for this process alone. */
export function rememberParsed(): Parsed {
  const known = new Map<string, CleanFile>();
  return {
    get: (text) => known.get(text),
    set: (text, file) => void known.set(text, file),
    save() {},
  };
}

/** @param key of the workspace, as this very program reads it */
export function openParsed(store: Store, key: string): Parsed {
  const kept = store.read(KIND, key) as Record<string, CleanFile> | undefined;
  const known = new Map(Object.entries(kept ?? {}));
  const used = new Map<string, CleanFile>();
  let isChanged = false;
  // A text that is not known is parsed, and then kept.
  let last = { text: "", digest: sha256("") };
  const digestOf = (text: string) => {
    if (last.text !== text) last = { text, digest: sha256(text) };
    return last.digest;
  };
  return {
    get(text) {
      const digest = digestOf(text);
      const found = known.get(digest);
      if (found !== undefined) used.set(digest, found);
      return found;
    },
    set(text, file) {
      if (!isPlain(file)) return;
      const digest = digestOf(text);
      known.set(digest, file);
      used.set(digest, file);
      isChanged = true;
    },
    save() {
      if (!isChanged) return;
      isChanged = false;
      // What was used last stays when there are too many.
      const latest = new Map([...used, ...known]);
      store.write(KIND, key, Object.fromEntries([...latest].slice(0, MOST_ENTRIES)));
    },
  };
}
