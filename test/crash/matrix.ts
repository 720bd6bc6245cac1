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
import { MOMENTS, type Kill, type Reached } from "./points.ts";
import type { World } from "./world.ts";

/** One run of the matrix: whose point it is, and what is killed there. */
export interface Case extends Kill {
  readonly role: Role;
  /** A process that dies may have a successor that dies as well, in the middle of the recovery. */
  readonly successor?: Kill;
}

interface Outcome extends Audit {
  /** 0: the run went another way this time and did not come to its point. */
  readonly kills: number;
}

/** A point that comes again and again is tried the first times. */
const TIMES = 3;
/** Statements by which the job queue keeps house come when its timers say, not when the work does: they are left out. */
const DRY_RUNS = 3;

/**
 * Runs without a kill, and makes every point that was reached a case for each moment and each victim, as
 * often as every such run came to it. What only some came to is none.
 */
export async function enumerate(world: World): Promise<Case[]> {
  const counts = new Map<string, { role: Role; point: string; times: number; seen: number }>();
  for (let i = 0; i < DRY_RUNS; i++) {
    for (const role of Object.keys(world.actors) as Role[]) {
      for (const [point, times] of Object.entries(await dryRun(world, role))) {
        // What comes three times in one run and twice in another comes twice.
        const known = counts.get(`${role} ${point}`) ?? { role, point, times, seen: 0 };
        const least = { times: Math.min(known.times, times), seen: known.seen + 1 };
        counts.set(`${role} ${point}`, { ...known, ...least });
      }
    }
  }
  const certain = [...counts.values()].filter(({ seen }) => seen === DRY_RUNS);
  return certain.flatMap(({ role, point, times }) =>
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

/** A run without a kill. @returns the points that the role came to, in order, and how often */
export async function dryRun(world: World, role: Role): Promise<Reached> {
  const actor = world.actors[role];
  const nothing = () => Promise.resolve();
  const arm = () => actor.arm(null);
  const strike = { arm, revived: nothing, recover: nothing, calm: nothing };
  const { wrong } = await (role === "controller" ? publish(world, strike) : carry(world, strike));
  if (wrong.length > 0) throw new Error(`without any kill: ${wrong.join("; ")}`);
  return actor.reached();
}

/** Arms, works until the point is reached and everything has recovered, and audits. */
export async function runCase(world: World, given: Case): Promise<Outcome> {
  const actor = world.actors[given.role];
  const recovered = given.whom === "PostgreSQL" ? await world.watchCrash() : null;
  const buried = actor.deaths;
  const killed = () => actor.deaths - buried + (actor.hasStruck ? 1 : 0);
  let successor = given.successor;
  let hasRecovered = false;
  const strike: Strike = {
    arm: () => actor.arm(given),
    async revived() {
      if (successor === undefined || actor.deaths === buried) return;
      const kill = successor;
      successor = undefined;
      await actor.arm(kill);
    },
    async recover() {
      if (!hasRecovered && killed() > 0) {
        hasRecovered = true;
        await recovered?.(true);
      }
      if (await world.revive()) await strike.revived();
    },
    async calm() {
      await actor.disarm();
      successor = undefined;
      await strike.recover();
    },
  };
  const audit = await (given.role === "controller" ? publish(world, strike) : carry(world, strike));
  const kills = killed();
  if (kills === 0) await recovered?.(false);
  return { ...audit, kills };
}

/** A kill, as a run sees it. */
interface Strike {
  arm(): Promise<void>;
  /** Somebody that died was replaced. */
  revived(): Promise<void>;
  /** Waits until what was killed is there again. */
  recover(): Promise<void>;
  /** Once the work is done: from here on nothing is killed, and what was has recovered. */
  calm(): Promise<void>;
}

/** People are carried through both steps; what stays open is settled by the provider's ledger. */
async function carry(world: World, strike: Strike): Promise<Audit> {
  clearLedger(world.ledger);
  // Whatever a process knows by heart is old, so that it reads everything anew as one that starts does.
  await world.commit();
  await world.reconcile(() => Promise.resolve());
  const ids = await world.enroll();
  await strike.arm();
  await world.drain(() => strike.revived());
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
  const sha = await world.commit();
  const wrong: string[] = [];
  await strike.arm();
  await world.reconcile(async () => {
    await strike.recover();
    wrong.push(...(await auditPublished(world)));
  });
  // Nothing is new any more: that has its own way.
  await world.reconcile(() => strike.recover());
  await strike.calm();
  wrong.push(...(await auditApplied(world, sha)));
  return { ...emptyAudit(), wrong };
}
