import { PgBoss } from "pg-boss";

export const queues = PgBoss;
