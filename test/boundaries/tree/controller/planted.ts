import { PGlite } from "@electric-sql/pglite"; // breaks boundaries(dependencies)
import { simpleGit } from "simple-git"; // breaks boundaries(dependencies)
import { runtime } from "../runtime/leaf.ts"; // breaks boundaries(dependencies)
import { store } from "../store/leaf.ts";
import { client } from "./git-client.ts";

export const planted = [PGlite, simpleGit, runtime, store, client];

export const startedAt = new Date(); // breaks house(clock)
