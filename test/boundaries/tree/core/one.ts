import { two } from "./two.ts"; // breaks import(no-cycle)

export const one = (): unknown => two;
