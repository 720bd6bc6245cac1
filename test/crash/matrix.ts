import {
  auditApplied,
  auditHeld,
  auditPublished,
  auditSends,
  emptyAudit,
  type Audit,
} from "./audit.ts";
import type { Role } from "./actor.ts";
import { clearLedger } from "./ledger.ts";
import { MOMENTS, type Kill } from "./points.ts";
import type { World } from "./world.ts";

/** One run of the matrix: whose point it is, and what is killed there. */
export interface Case extends Kill {
  readonly role: Role;
}

export interface Outcome extends Audit {
  /** False: the run went another way this time and did not come to its point. */
  readonly isStruck: boolean;
}

/** A point that comes again and again is tried the first times. */
const TIMES = 3;
/** Statements by which the job queue keeps house come when its timers say, not when the work does. */
const DRY_RUNS = 2;

/** Runs without a kill, and makes every point that was reached a case for each moment and each victim. */
export async function enumerate(world: World): Promise<Case[]> {
  const counts = new Map<string, { role: Role; point: string; times: number }>();
  for (let i = 0; i < DRY_RUNS; i++) {
    for (const role of Object.keys(world.actors) as Role[]) {
      const actor = world.actors[role];
      const strike = { arm: () => actor.arm(null), note() {}, calm: () => Promise.resolve() };
      const { wrong } = await (role === "controller"
        ? publish(world, strike)
        : carry(world, strike));
      if (wrong.length > 0) throw new Error(`without any kill: ${wrong.join("; ")}`);
      const reached = (await actor.round())?.reached ?? {};
      for (const [point, times] of Object.entries(reached)) {
        const known = counts.get(`${role} ${point}`)?.times ?? 0;
        counts.set(`${role} ${point}`, { role, point, times: Math.max(known, times) });
      }
    }
  }
  return [...counts.values()].flatMap(({ role, point, times }) =>
    Array.from({ length: Math.min(times, TIMES) }, (_, nth) => nth).flatMap((nth) =>
      MOMENTS.flatMap((moment) =>
        (["the process", "PostgreSQL"] as const).map((whom) => ({
          role,
          point,
          nth,
          moment,
          whom,
        })),
      ),
    ),
  );
}

/** Arms, works until the point is reached and everything has recovered, and audits. */
export async function runCase(world: World, given: Case): Promise<Outcome> {
  const actor = world.actors[given.role];
  const recovered = given.whom === "PostgreSQL" ? await world.watchCrash() : null;
  let [isStruck, isCalm] = [false, false];
  const strike: Strike = {
    arm: () => actor.arm(given),
    note() {
      isStruck ||= actor.hasStruck || actor.isDead;
    },
    async calm() {
      strike.note();
      if (!isStruck) {
        await actor.disarm();
        strike.note();
      }
      if (isStruck && !isCalm) await recovered?.(true);
      isCalm = true;
      await world.revive();
    },
  };
  const audit = await (given.role === "controller" ? publish(world, strike) : carry(world, strike));
  if (!isStruck) await recovered?.(false);
  return { ...audit, isStruck };
}

/** A kill, as a run sees it. */
interface Strike {
  arm(): Promise<void>;
  /** Asked after each round, while the one that was killed can still be seen. */
  note(): void;
  /** Once the work is done: from here on nothing is killed, and what was has recovered. */
  calm(): Promise<void>;
}

/** People are carried through both steps; what stays open is settled by the provider's ledger. */
async function carry(world: World, strike: Strike): Promise<Audit> {
  clearLedger(world.ledger);
  const ids = await world.enroll();
  await strike.arm();
  await world.drain(() => strike.note());
  await strike.calm();
  // What a crash broke off after the work looked done.
  await world.drain();
  const wrong = await auditHeld(world, ids);
  // A first step that is settled lets a second one go.
  while ((await world.settleUnknown(ids)) > 0) await world.drain();
  const audit = await auditSends(world, ids);
  return { ...audit, wrong: [...wrong, ...audit.wrong] };
}

async function publish(world: World, strike: Strike): Promise<Audit> {
  const { sha } = await world.commit();
  const wrong: string[] = [];
  await strike.arm();
  await world.reconcile(async () => {
    await strike.calm();
    wrong.push(...(await auditPublished(world)));
  });
  await strike.calm();
  wrong.push(...(await auditApplied(world, sha)));
  return { ...emptyAudit(), wrong };
}
