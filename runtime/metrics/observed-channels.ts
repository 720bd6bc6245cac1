import type { Channels } from "../channels/registry.ts";
import type { Metrics } from "./metrics.ts";

/** Channels whose sends are counted and timed. */
export function observeChannels(channels: Channels, metrics: Metrics): Channels {
  return {
    async send(delivery, signal) {
      const began = performance.now();
      const result = await channels.send(delivery, signal);
      metrics.sent(delivery, result.kind, (performance.now() - began) / 1_000);
      return result;
    },
    lookUp: async (...asked) => (await channels.lookUp?.(...asked)) ?? [],
    close: () => channels.close(),
  };
}
