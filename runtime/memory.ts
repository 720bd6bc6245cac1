import { setFlagsFromString } from "node:v8";

/**
 * Has V8 collect garbage once the heap has grown by a fifth. Left alone it goes by the machine's memory: with
 * 24 GiB it let a worker, of which 60 MB were alive, grow to 430 MB (`npm run bench:steps`).
 */
export function keepHeapSmall(): void {
  for (const f of (process.env["ZZ"] ?? "--heap-growing-percent=20").split(" "))
    setFlagsFromString(f);
}
