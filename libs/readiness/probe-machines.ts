import { MachineLife, TakeBack, type EffectLedger, type LaunchAnswer } from '@springtide/effects';
import { reservationFor, type EffectItem } from '@springtide/effects/domain';
import { HOUR, addMs, msBetween, multiplyMoney, toInstant, zero } from '@springtide/kernel';
import type { ProbeEntity } from './data/probe.entity.js';
import { probeScript } from './probe-script.js';

/** The name under which the ledger, the cloud's labels and the campaign's cost know these machines. */
export const PROBE_SERVICE = 'readiness-probe';

export type ProbeMachine = Readonly<{ id: string | null; state: string }>;

/** The one machine of a probe: bought and taken back through the ledger, under a mandate of its own. */
export class ProbeMachines {
  private readonly life: MachineLife;
  private readonly back: TakeBack;

  constructor(private readonly ledger: EffectLedger) {
    this.life = new MachineLife(ledger);
    this.back = new TakeBack(ledger);
  }

  /** For how long a report is waited for: as long as anything that nobody renews may stand. */
  get patienceMs(): number {
    return this.ledger.dependencies.policy.leaseMs;
  }

  /** The same again continues what was begun. */
  async buy(row: ProbeEntity, token: string): Promise<LaunchAnswer> {
    const { id, tenantId, accountId, campaignId, launch } = row;
    const { region, poolId, pricePerHour, minimumBillingSeconds, ...spec } = launch;
    await this.openMandate(row);
    const fence = await this.ledger.takeFence(tenantId, id, PROBE_SERVICE);
    return await this.ledger.launch({
      ...{ tenantId, accountId, campaignId, runId: id, step: 'probe', batch: 0 },
      ...{ region, poolId, pricePerHour, minimumBillingSeconds, fence, service: PROBE_SERVICE },
      mandateId: id,
      spec: { ...spec, namePrefix: `st-probe-${id.slice(0, 8)}`, userData: null, labels: LABELS },
      secretUserData: probeScript({ url: row.reportUrl, token, endpoints: row.endpoints }),
      count: 1,
      plannedHours: this.hoursOf(row),
      // Whoever dies before it is taken back: the reconciler, and behind it the cloud's own timer, ends it.
      releaseBy: this.leaseOf(row),
    });
  }

  /** As its cloud says; undefined while the ledger knows of none. */
  async look({ tenantId, id }: ProbeEntity): Promise<ProbeMachine | undefined> {
    const [intent] = await this.ledger.listIntents(tenantId, { runId: id, kind: 'create' });
    if (intent === undefined) return undefined;
    const [item] = (await this.life.observe(tenantId, intent.id)).items;
    return item === undefined ? undefined : { id: item.machineId, state: stateOf(item) };
  }

  /** Repeated until it is 0: then the cloud itself, asked for what carries the marks of the purchase, shows nothing. */
  async takeBack({ tenantId, id }: ProbeEntity): Promise<number> {
    const left = await this.back.everythingOf({ tenantId, runId: id });
    if (left > 0) return left;
    let seen = 0;
    for (const intent of await this.ledger.listIntents(tenantId, { runId: id, kind: 'create' })) {
      const client = await this.ledger.dependencies.clouds.open(tenantId, intent.accountId);
      const found = await client.compute.findByIntent({ intent: intent.id, region: intent.region });
      seen += found.filter(({ state }) => state !== 'terminating').length;
    }
    return seen;
  }

  private async openMandate(row: ProbeEntity): Promise<void> {
    const { id, tenantId, placeKey, launch } = row;
    const { pricePerHour, minimumBillingSeconds, poolId } = launch;
    const { reservationMargin } = this.ledger.dependencies.policy;
    const hours = this.hoursOf(row);
    const reserved = reservationFor(pricePerHour, 1, hours, minimumBillingSeconds, reservationMargin);
    const none = zero(pricePerHour.currency);
    await this.ledger.openMandate({
      // One mandate for one probe: they share their id, as the probe does with its run.
      id,
      tenantId,
      runId: id,
      // Nobody approved it as part of the campaign: it stands on the audited order of whoever asked for it.
      campaignId: null,
      approvalId: null,
      planHash: `readiness-probe/${placeKey}`,
      poolIds: [poolId],
      maxMachines: 1,
      budget: multiplyMoney(reserved, 2),
      maxPerHour: pricePerHour,
      validUntil: toInstant(row.answerBy),
      state: 'open',
      machines: 0,
      reserved: none,
      committed: none,
      perHour: none,
    });
  }

  private leaseOf({ answerBy }: ProbeEntity): string {
    return addMs(toInstant(answerBy), this.ledger.dependencies.policy.callDeadlineMs);
  }

  private hoursOf(row: ProbeEntity): number {
    return msBetween(toInstant(row.requestedAt), this.leaseOf(row)) / HOUR;
  }
}

const LABELS = { service: PROBE_SERVICE };

function stateOf({ state, refusal }: EffectItem): string {
  return refusal === null ? state : `${state}: ${refusal.message}`;
}
