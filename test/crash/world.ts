import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { sql } from "kysely";
import pg from "pg";
import { PgBoss } from "pg-boss";
import { createEngine } from "../../runtime/create-engine.ts";
import { settle } from "../../runtime/operate.ts";
import { CHUNKS } from "../../runtime/queues.ts";
import { createUnsubscribeLinks } from "../../runtime/unsubscribe.ts";
import { hasWork } from "../../store/claim.ts";
import { openPostgres, type Database, type Db } from "../../store/database.ts";
import { migrate } from "../../store/migrate.ts";
import { createRepository, type TestRepository } from "../support/git-remote.ts";
import { startCluster, type Cluster } from "../support/postgres-cluster.ts";
import { insertContact, startOne, waitingFor } from "../support/rows.ts";
import { Actor, ROLES, type Role } from "./actor.ts";
import { edition } from "./edition.ts";
import { PLANTED, type PlantedName } from "./planted.ts";
import { clearLedger, readLedger } from "./ledger.ts";

/** Two waves of mail; and one chunk in which both policies meet. */
const PEOPLE = { welcome: 4, nudge: 2 };
const CRASH_WITHIN_MS = 2_000;
const STUCK_MS = 1_000;
const GIVE_UP_MS = 60_000;

/** The three processes, the database they share, the repository they publish, and a provider's ledger. */
export class World {
  readonly actors: Readonly<Record<Role, Actor>>;
  readonly ledger: string;
  readonly #cluster: Cluster;
  #database: Database;
  readonly #boss: PgBoss;
  readonly #repository: TestRepository;
  readonly #folder: string;
  readonly #engine = createEngine(createUnsubscribeLinks("https://example.com", "secret"));
  readonly #giveUpMs: number;
  #commits = 0;
  #people = 0;

  private constructor(
    cluster: Cluster,
    database: Database,
    boss: PgBoss,
    repository: TestRepository,
    folder: string,
    giveUpMs: number,
  ) {
    this.#giveUpMs = giveUpMs;
    this.#cluster = cluster;
    this.#database = database;
    this.#boss = boss;
    this.#repository = repository;
    this.#folder = folder;
    this.ledger = join(folder, "ledger");
    clearLedger(this.ledger);
    const env = {
      CRASH_DATABASE: cluster.url,
      CRASH_LEDGER: this.ledger,
      CRASH_SOURCE: repository.path,
      CRASH_DATA: folder,
    };
    const actor = (role: Role) => [role, new Actor(role, env)] as const;
    this.actors = Object.fromEntries(ROLES.map(actor)) as Record<Role, Actor>;
  }

  /** @param giveUpMs how long the work may take to come to its end */
  static async create({ giveUpMs = GIVE_UP_MS } = {}): Promise<World> {
    const [cluster, repository] = await Promise.all([startCluster(), createRepository()]);
    const folder = await mkdtemp(join(tmpdir(), "cadenza-crash-"));
    const database = await openPostgres(cluster.url, { max: 1 });
    await migrate(database.db);
    const boss = new PgBoss({
      connectionString: cluster.url,
      max: 1,
      supervise: false,
      schedule: false,
    });
    boss.on("error", () => {});
    await boss.start();
    const world = new World(cluster, database, boss, repository, folder, giveUpMs);
    for (const actor of Object.values(world.actors)) await actor.begin();
    return world;
  }

  /** Takes a protection away, to see what comes of it; null: all are there. */
  async plant(name: PlantedName | null): Promise<void> {
    for (const actor of Object.values(this.actors)) {
      const isMeant = name !== null && PLANTED[name].role === actor.role;
      await actor.plant(isMeant ? name : null);
    }
  }

  get db(): Db {
    return this.#database.db;
  }

  /** Merges a commit that changes every sequence, and the workspace. @returns its sha */
  commit(): Promise<string> {
    this.#commits += 1;
    return this.#repository.commit(edition(this.#commits));
  }

  /** Enrolls new people, whose first steps are due at once. @returns their enrollments' ids */
  async enroll(): Promise<string[]> {
    const ids: string[] = [];
    for (const [sequence, count] of Object.entries(PEOPLE)) {
      for (let i = 0; i < count; i++) {
        this.#people += 1;
        const contact = `c${this.#people}`;
        const now = Date.now();
        const phone = `+1555${String(this.#people).padStart(7, "0")}`;
        await insertContact(this.db, contact, { email: `${contact}@example.com`, phone }, now);
        const schedule = waitingFor("first", now, now);
        const version = this.#commits;
        const id = await startOne(this.db, { sequence, version, contact, schedule }, now);
        if (id !== undefined) ids.push(id);
      }
    }
    return ids;
  }

  /**
   * Lets dispatcher and worker go on until nothing is due and nobody has anything in hand. Whoever dies
   * is replaced. What pg-boss would notice after ten seconds without a heartbeat is made to be ten
   * seconds ago.
   * @param onRevived asked once somebody was replaced, before anything goes on
   * @throws when the work does not come to its end
   */
  async drain(onRevived = () => Promise.resolve()): Promise<void> {
    const giveUp = performance.now() + this.#giveUpMs;
    let stuckAt = performance.now() + STUCK_MS;
    for (;;) {
      await this.actors.dispatcher.round();
      await this.actors.worker.round();
      await pause(15);
      if (await this.revive()) {
        stuckAt = 0;
        await onRevived();
      }
      if (performance.now() > stuckAt) {
        await this.#throughCrash(() => this.#missHeartbeats());
        stuckAt = performance.now() + STUCK_MS;
      }
      if (!(await this.#throughCrash(() => hasWork(this.db, Date.now())))) return;
      if (performance.now() > giveUp) throw new Error("the work does not come to its end");
    }
  }

  /**
   * Reconciles, again where it fails and by another process where the first one dies.
   * @param between asked after each try that failed
   */
  async reconcile(between: () => Promise<void>): Promise<void> {
    const { controller } = this.actors;
    for (let tries = 0; tries < 20; tries++) {
      const done = await controller.round();
      if (done !== null && done.error === null) return;
      await between();
      await this.answers();
      await this.revive();
    }
    throw new Error("no reconciliation succeeds");
  }

  /** A person looks into the provider's ledger and says of each open message whether it was sent. */
  async settleUnknown(ids: readonly string[]): Promise<number> {
    const taken = new Set(readLedger(this.ledger).map((one) => one.message));
    const open = await this.db
      .selectFrom("messages as m")
      .innerJoin("enrollments as e", "e.id", "m.enrollment_id")
      .select("m.id")
      .where("m.enrollment_id", "in", ids)
      .where("m.state", "=", "unknown")
      .where("e.state", "=", "held")
      .execute();
    for (const { id } of open) {
      const as = taken.has(id) ? "sent" : "not_sent";
      await this.db
        .transaction()
        .execute((trx) => settle(trx, this.#engine, id, as, "tester", Date.now()));
    }
    return open.length;
  }

  /**
   * Opens a connection that does nothing, and breaks as all do when PostgreSQL was killed.
   * @returns ends the watch: waits for the crash where there was a kill, and until it is over
   */
  async watchCrash(): Promise<(wasKilled: boolean) => Promise<void>> {
    const client = new pg.Client({ connectionString: this.#cluster.url });
    const broken = new Promise<void>((resolve) => client.once("end", resolve));
    client.on("error", () => {});
    await client.connect();
    return async (wasKilled) => {
      if (wasKilled) await Promise.race([broken, pause(CRASH_WITHIN_MS)]);
      await client.end().catch(() => undefined);
      if (!wasKilled) return;
      // A connection of before may live a moment longer than the one that was watched.
      await this.#database.close();
      this.#database = await this.#throughCrash(() => openPostgres(this.#cluster.url, { max: 1 }));
    };
  }

  /** Waits until PostgreSQL has recovered. */
  async answers(): Promise<void> {
    await this.#throughCrash(() => sql`select 1`.execute(this.db));
  }

  async close(): Promise<void> {
    for (const actor of Object.values(this.actors)) actor.stop();
    await this.#boss.stop({ graceful: false });
    await this.#database.close();
    await this.#cluster.stop();
    await this.#repository.remove();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Replaces whoever died. @returns whether anybody had */
  async revive(): Promise<boolean> {
    let found = false;
    for (const actor of Object.values(this.actors)) {
      if (!actor.isDead) continue;
      found = true;
      await this.answers();
      await actor.replace();
    }
    return found;
  }

  async #missHeartbeats(): Promise<void> {
    await sql`update pgboss.job set heartbeat_on = heartbeat_on - interval '1 minute'
      where name = ${CHUNKS} and state = 'active'`.execute(this.db);
    await sql`update pgboss.queue set monitor_claim_on = null, monitor_on = null where name = ${CHUNKS}`.execute(
      this.db,
    );
    await this.#boss.supervise(CHUNKS);
  }

  async #throughCrash<T>(work: () => Promise<T>): Promise<T> {
    for (let left = 200; ; left--) {
      try {
        return await work();
      } catch (error) {
        if (left === 0) throw error;
        await pause(50);
      }
    }
  }
}
