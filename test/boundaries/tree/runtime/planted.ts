import pg from "pg"; // breaks boundaries(dependencies)
import { PgBoss } from "pg-boss"; // breaks boundaries(dependencies)
import { cli } from "../cli/leaf.ts"; // breaks boundaries(dependencies)
import { controller } from "../controller/leaf.ts"; // breaks boundaries(dependencies)
import { queues } from "./queues.ts";

export const planted = () => {
  later(); // breaks typescript(no-floating-promises)
  return [pg, PgBoss, cli, controller, queues];
};

async function later(): Promise<void> {}
