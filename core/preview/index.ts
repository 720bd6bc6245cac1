export { isoIn } from "./instants.ts";
export { previewProgram, type Subject } from "./preview.ts";
export type { Preview, PreviewedStep, PreviewedTemplate } from "./types.ts";
export { characterWords, durationWords, skipWords, waitWords } from "./words.ts";
