import type { ColumnType, JSONColumnType } from "kysely";

/** Instants go in as `Date` or ISO text from the caller's clock and come out as `Date`. */
export type Instant = ColumnType<Date, Date | string, Date | string>;
export type MaybeInstant = ColumnType<Date | null, Date | string | null, Date | string | null>;
export type Json<T extends object> = JSONColumnType<T, string, string>;
