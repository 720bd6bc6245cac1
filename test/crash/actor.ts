import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PlantedName } from "./planted.ts";
import type { Kill, Reached } from "./points.ts";

export const ROLES = ["worker", "dispatcher", "controller"] as const;
export type Role = (typeof ROLES)[number];

export type Order = { readonly id: number } & (
  | { readonly kind: "begin" }
  | { readonly kind: "arm"; readonly kill: Kill | null }
  | { readonly kind: "round" }
  | { readonly kind: "look" }
  | { readonly kind: "plant"; readonly name: PlantedName | null }
);

export type Answer =
  | { readonly kind: "waiting" }
  /** PostgreSQL was killed. */
  | { readonly kind: "struck" }
  | {
      readonly kind: "done";
      readonly id: number;
      readonly reached: Reached;
      readonly error: string | null;
    };

type Done = Extract<Answer, { kind: "done" }>;
type Unnumbered<T> = T extends unknown ? Omit<T, "id"> : never;

/** A process of one role, and the one that stands by to take its place. */
export class Actor {
  readonly role: Role;
  readonly #env: Readonly<Record<string, string>>;
  #current: Member;
  #spare: Member;
  #buried = 0;
  #planted: PlantedName | null = null;

  constructor(role: Role, env: Readonly<Record<string, string>>) {
    this.role = role;
    this.#env = {
      ...env,
      CRASH_ROLE: role,
      NODE_COMPILE_CACHE: join(tmpdir(), "cadenza-compiled"),
    };
    this.#current = new Member(this.#env);
    this.#spare = new Member(this.#env);
  }

  /** Whether it was killed, and stays so until it is replaced. */
  get isDead(): boolean {
    return this.#current.isDead;
  }

  /** How many of this role have died so far. */
  get deaths(): number {
    return this.#buried + (this.isDead ? 1 : 0);
  }

  /** Whether it has killed PostgreSQL. */
  get hasStruck(): boolean {
    return this.#current.hasStruck;
  }

  begin(): Promise<unknown> {
    return this.#current.ask({ kind: "begin" });
  }

  async arm(kill: Kill | null): Promise<void> {
    this.#current.hasStruck = false;
    await this.#current.ask({ kind: "arm", kill });
  }

  /** No kill from here on; one that is under way comes first, and is still seen. */
  async disarm(): Promise<void> {
    await this.#current.ask({ kind: "arm", kill: null });
  }

  /** One round. @returns null when the process died in it */
  round(): Promise<Done | null> {
    return this.#current.ask({ kind: "round" });
  }

  /** How often it has come to each of its points since it was armed; nothing when it is dead. */
  async reached(): Promise<Reached> {
    return (await this.#current.ask({ kind: "look" }))?.reached ?? {};
  }

  /** Takes a protection out of this one and of all that come after it, or puts it back. */
  async plant(name: PlantedName | null): Promise<void> {
    this.#planted = name;
    await Promise.all([this.#current, this.#spare].map((one) => one.ask({ kind: "plant", name })));
  }

  /** Puts the one that stood by in the place of the one that died. */
  async replace(): Promise<void> {
    this.#buried += 1;
    this.#current = this.#spare;
    this.#spare = new Member(this.#env);
    if (this.#planted !== null) void this.#spare.ask({ kind: "plant", name: this.#planted });
    const begun = await this.begin();
    if (begun === null) throw new Error(`the new ${this.role} died at its beginning`);
  }

  stop(): void {
    this.#current.stop();
    this.#spare.stop();
  }
}

class Member {
  readonly #child: ChildProcess;
  readonly #ready: Promise<unknown>;
  readonly #open = new Map<number, (done: Done | null) => void>();
  #next = 0;
  isDead = false;
  hasStruck = false;

  constructor(env: Readonly<Record<string, string>>) {
    const file = new URL("process.ts", import.meta.url);
    this.#child = fork(file, { env: { ...process.env, ...env } });
    this.#ready = once(this.#child, "message");
    this.#child.on("message", (answer: Answer) => {
      if (answer.kind === "struck") this.hasStruck = true;
      if (answer.kind !== "done") return;
      this.#open.get(answer.id)?.(answer);
      this.#open.delete(answer.id);
    });
    this.#child.once("exit", () => {
      this.isDead = true;
      for (const resolve of this.#open.values()) resolve(null);
    });
  }

  async ask(order: Unnumbered<Order>): Promise<Done | null> {
    await this.#ready;
    if (this.isDead) return null;
    const id = this.#next++;
    return new Promise((resolve) => {
      this.#open.set(id, resolve);
      // A process that dies meanwhile is heard of by its exit.
      this.#child.send({ ...order, id }, () => undefined);
    });
  }

  stop(): void {
    this.#child.kill("SIGKILL");
  }
}
