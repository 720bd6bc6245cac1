import { PerformanceObserver } from "node:perf_hooks";
import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";

/** What the two halves of the young generation may come to, bytes. */
const YOUNG_BYTES = 32 * 2 ** 20;

/**
 * Keeps V8 from growing with the machine: its young generation stops at 32 MiB, and garbage is collected once
 * the heap has grown by three fifths. Left alone it goes by the machine's memory: with 24 GiB it let a worker,
 * of which 45 MB are alive, grow to 430 MB, for no less CPU (`npm run bench:steps`).
 */
export function keepHeapSmall(): void {
  setFlagsFromString("--heap-growing-percent=60");
  const observer = new PerformanceObserver(() => {
    if (youngBytes() < YOUNG_BYTES) return;
    // Its most can be set only before the process starts; by what it grows, at any time.
    setFlagsFromString("--semi-space-growth-factor=1");
    observer.disconnect();
  });
  observer.observe({ entryTypes: ["gc"] });
}

function youngBytes(): number {
  const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === "new_space");
  return young?.space_size ?? 0;
}
