import pg from "pg";
import { controller } from "../controller/leaf.ts"; // breaks boundaries(dependencies)
import { core } from "../core/leaf.ts";
import { runtime } from "../runtime/leaf.ts"; // breaks boundaries(dependencies)

export const planted = [pg, controller, core, runtime];
