import { core } from "../core/leaf.ts"; // breaks boundaries(dependencies)

export const planted = core;
