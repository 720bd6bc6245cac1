import { one } from "./one.ts"; // breaks import(no-cycle)

export const two = (): unknown => one;
