import type { RunCommand, StuckBody, StuckDecision } from '@springtide/contracts';
import type { RunsService, StuckDesk } from '@springtide/campaigns';
import { asSpringtideError } from '@springtide/kernel';
import { ProcessEnded, type Process, type VirtualTime } from '@springtide/twin';
import type { Side } from './sides.js';

/** What a person asks for: what the API takes, or the stop switch of the tenant. */
export type Order = RunCommand | Readonly<{ command: 'stop' }>;

/**
 * What came of it. `open`: no answer came yet, or none ever, and it may have been done. A refusal is an answer. `version`: the one that the
 * person had seen, where it went along.
 */
export type Given = Readonly<{
  tenant: string;
  order: Order;
  sentMs: number;
  /** When it was answered; of one that is open, when it was sent. */
  atMs: number;
  version: number | undefined;
  outcome: 'done' | 'refused' | 'open';
  code: string;
}>;

/** Somebody whose request was not answered asks again so often, after so long. */
const MOST_TRIES = 8;
const AGAIN_MS = 3_000;

type Parts = Readonly<{
  time: VirtualTime;
  runs: RunsService;
  desk: StuckDesk;
  /** The process that serves requests now. */
  api: () => Process | undefined;
  tell: (line: string) => void;
  /** An order was acknowledged. */
  acknowledged: (what: string) => void;
}>;

/** The people of a story: they send what people send, to the services behind the API, and get its answers. */
export class Hands {
  readonly given: Given[] = [];

  constructor(private readonly parts: Parts) {}

  /** Sent once; whoever gets no answer leaves it at that. */
  async once(side: Side, runId: string, order: Order, version?: number): Promise<Given> {
    const { time, tell, acknowledged } = this.parts;
    const name = order.command === 'stop' ? 'stop switch' : JSON.stringify(order);
    const told = side.ids.tenant.endsWith('a') ? name : `next door: ${name}`;
    const sent = this.given.push(this.#given(side, order, version, 'open')) - 1;
    const sentMs = time.ms;
    const answered = (outcome: Given['outcome'], code = '') =>
      (this.given[sent] = { ...this.#given(side, order, version, outcome, code), sentMs });
    try {
      await time.as(this.parts.api(), async () => await this.#send(side, runId, order, version), name);
      tell(`> ${told}`);
      acknowledged(name);
      return answered('done');
    } catch (thrown) {
      const { code, message } = asSpringtideError(thrown);
      tell(`> ${told}: ${message}`);
      // Nobody answered: whoever served it died over it.
      if (thrown instanceof ProcessEnded) return answered('open');
      return answered(ANSWERS.has(code) ? 'refused' : 'open', code);
    }
  }

  /** Whoever gets no answer asks again, with what was seen before. */
  async insist(side: Side, runId: string, order: Order, version?: number): Promise<void> {
    const { time } = this.parts;
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const { outcome } = await this.once(side, runId, order, version);
      if (outcome !== 'open') return;
      await time.until(time.ms + AGAIN_MS, 'somebody asks again');
    }
  }

  /** At once, by people who have seen the same. */
  async together(side: Side, runId: string, orders: readonly Order[]): Promise<void> {
    const version = await this.#seen(side, runId);
    await Promise.all(orders.map(async (order) => await this.insist(side, runId, order, version)));
  }

  /** Looks at what is stuck, and chooses the same for all of it. */
  async decide(side: Side, choice: StuckDecision['choice']): Promise<void> {
    const { desk, time, tell } = this.parts;
    const sit = async () => {
      const { items } = await desk.list(side.operator, { limit: 5 }, (id) => id);
      for (const stuck of items) {
        const decision = decisionOn(stuck, choice);
        if (decision === undefined) continue;
        const answer = await desk.resolve(side.operator, stuck.id, decision);
        tell(`> desk: ${choice} ${stuck.kind}: ${answer.message}`);
      }
    };
    try {
      await time.as(this.parts.api(), sit, 'desk');
    } catch (thrown) {
      const { code, message } = asSpringtideError(thrown);
      tell(`> desk: ${message}`);
      // Nobody answered: whoever served it died over it.
      if (thrown instanceof ProcessEnded) return;
      this.given.push(this.#given(side, { command: 'go-on' }, undefined, 'refused', code));
    }
  }

  async #send(side: Side, runId: string, order: Order, version: number | undefined): Promise<void> {
    const { runs } = this.parts;
    if (order.command === 'stop')
      await runs.stopSwitch(side.operator, { engaged: true, reason: 'simulation' });
    else await runs.command(side.operator, runId, order, version);
  }

  async #seen(side: Side, runId: string): Promise<number | undefined> {
    try {
      const look = async () => await this.parts.runs.get(side.operator, runId);
      return (await this.parts.time.as(this.parts.api(), look, 'look')).version;
    } catch {
      // The page did not load: they send what they think without a version.
      return undefined;
    }
  }

  #given(side: Side, order: Order, version: number | undefined, outcome: Given['outcome'], code = ''): Given {
    const { ms } = this.parts.time;
    return { tenant: side.ids.tenant, order, sentMs: ms, atMs: ms, version, outcome, code };
  }
}

/** Codes with which the services say no, and nothing was changed. */
const ANSWERS: ReadonlySet<string> = new Set([
  'failed-precondition',
  'conflict',
  'invalid-argument',
  'not-found',
  'permission-denied',
]);

function decisionOn(stuck: StuckBody, wanted: StuckDecision['choice']): StuckDecision | undefined {
  const choice = stuck.choices.some((one) => one.choice === wanted) ? wanted : 'retry';
  const [machineId] = stuck.machines;
  if (choice === 'adopt') return machineId === undefined ? undefined : { choice, machineId };
  return choice === 'abandon' ? { choice, reason: 'somebody said so' } : { choice };
}
