import { request } from 'undici';
import type { BalancerMember, MemberHealth } from './balancer-state.js';

export type HealthPolicy = Readonly<{
  path: string;
  everyMs: number;
  timeoutMs: number;
  rise: number;
  fall: number;
}>;

type Watched = { member: BalancerMember; health: MemberHealth; inARow: number; lastGood: boolean };

/** Asks every member on its health path, as the balancer of a cloud does, until stopped. */
export class HealthChecks {
  readonly #watched = new Map<string, Watched>();
  readonly #timer: NodeJS.Timeout;

  constructor(private readonly policy: HealthPolicy) {
    this.#timer = setInterval(() => this.#round(), policy.everyMs);
  }

  /** From now on exactly these are watched. Who is new is `initial` until enough checks went well. */
  watch(members: readonly BalancerMember[]): void {
    const wanted = new Map(members.map((member) => [keyOf(member), member]));
    for (const key of this.#watched.keys()) if (!wanted.has(key)) this.#watched.delete(key);
    for (const [key, member] of wanted) {
      if (this.#watched.has(key)) continue;
      const watched: Watched = { member, health: 'initial', inARow: 0, lastGood: false };
      this.#watched.set(key, watched);
      void this.#check(watched);
    }
  }

  of(member: BalancerMember): MemberHealth {
    return this.#watched.get(keyOf(member))?.health ?? 'initial';
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#watched.clear();
  }

  #round(): void {
    for (const watched of this.#watched.values()) void this.#check(watched);
  }

  async #check(watched: Watched): Promise<void> {
    const { address, port } = watched.member;
    const good = await isWell(
      `http://${bracketed(address)}:${port}${this.policy.path}`,
      this.policy.timeoutMs,
    );
    watched.inARow = good === watched.lastGood ? watched.inARow + 1 : 1;
    watched.lastGood = good;
    if (good && watched.inARow >= this.policy.rise) watched.health = 'healthy';
    if (!good && watched.inARow >= this.policy.fall) watched.health = 'unhealthy';
  }
}

async function isWell(url: string, timeoutMs: number): Promise<boolean> {
  try {
    const answer = await request(url, { headersTimeout: timeoutMs, bodyTimeout: timeoutMs, reset: true });
    await answer.body.dump();
    return answer.statusCode >= 200 && answer.statusCode < 400;
  } catch {
    // A refused connection or a late answer is the very finding.
    return false;
  }
}

function keyOf({ address, port }: BalancerMember): string {
  return `${address} ${port}`;
}

function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
