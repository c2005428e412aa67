import { MachineLife, TakeBack, type EffectLedger, type LaunchRequest } from '@springtide/effects';
import { SpringtideError, money, msBetween, toInstant, zero, type Money } from '@springtide/kernel';
import { collectComplete, type Offering } from '@springtide/provider-kit';
import type { BuiltClusterInput } from '@springtide/contracts';
import type { BuiltClusterEntity } from './data/built-cluster.entity.js';

const HOUR_MS = 3_600_000;
/** One call may create so many at most, whatever the cloud. */
const MOST_PER_CALL = 50;

type Priced = Offering & Readonly<{ pricePerHour: Money }>;
type Step = 'control-plane' | 'nodes';

/** Every machine of the step is promised, with these addresses so far; or it is not known yet. */
export type Bought = Readonly<{ machines: number; addresses: readonly string[] }> | 'open';

/** The machines of a built cluster: bought and taken back through the ledger, under a mandate of their own. */
export class BuiltClusterMachines {
  private readonly life: MachineLife;
  private readonly back: TakeBack;

  constructor(private readonly ledger: EffectLedger) {
    this.life = new MachineLife(ledger);
    this.back = new TakeBack(ledger);
  }

  /** What the whole may cost, in machines, money and time; nothing is bought beyond it. */
  async openMandate(row: BuiltClusterEntity, budget: BuiltClusterInput['budget']): Promise<void> {
    const { id, tenantId, spec } = row;
    const limit = money(budget.currency, budget.amount);
    await this.ledger.openMandate({
      // One mandate for one cluster: they share their id, as the cluster does with its run.
      id,
      tenantId,
      runId: id,
      campaignId: null,
      approvalId: null,
      planHash: `built-cluster/${row.name}`,
      poolIds: [poolOf(spec)],
      maxMachines: spec.nodes + 1,
      budget: limit,
      maxPerHour: limit,
      validUntil: toInstant(row.readyBy),
      state: 'open',
      machines: 0,
      reserved: zero(budget.currency),
      committed: zero(budget.currency),
      perHour: zero(budget.currency),
    });
  }

  /** The same step again continues what was begun. @throws insufficient-capacity, failed-precondition: it cannot be had. */
  async buy(row: BuiltClusterEntity, step: Step, count: number, userData: string): Promise<Bought> {
    const fence = await this.ledger.takeFence(row.tenantId, row.id, 'build');
    const offering = await this.offering(row);
    const addresses: string[] = [];
    let machines = 0;
    for (const [batch, size] of batchesOf(count).entries()) {
      const answer = await this.ledger.launch(request({ row, step, batch, size, userData, fence, offering }));
      if (answer.status === 'unknown') return 'open';
      if (answer.status === 'refused') throw refused(step, answer.refusal.message);
      if (answer.accepted < size)
        throw refused(step, answer.refusals.map(({ message }) => message).join('; '));
      const { items } = await this.life.observe(row.tenantId, answer.intentId);
      const running = items.filter(({ state }) => state === 'running' || state === 'ready');
      addresses.push(...running.flatMap(({ address }) => address ?? []));
      machines += items.filter(({ machineId }) => machineId !== null).length;
    }
    return { machines, addresses };
  }

  /** From now on the machines live until the cluster's end, not only until it had to be ready. */
  async keepUntil(row: BuiltClusterEntity): Promise<void> {
    const fence = await this.ledger.takeFence(row.tenantId, row.id, 'build');
    await this.life.renewLeases(row.tenantId, row.id, fence, toInstant(row.until));
  }

  /** Repeated until nothing is left. @returns machines and satellites that are still there. */
  async takeBack({ tenantId, id }: Pick<BuiltClusterEntity, 'tenantId' | 'id'>): Promise<number> {
    return await this.back.everythingOf({ tenantId, runId: id });
  }

  /** @throws invalid-argument when the cloud does not sell it there. */
  private async offering({ tenantId, accountId, spec }: BuiltClusterEntity): Promise<Priced> {
    const client = await this.ledger.dependencies.clouds.open(tenantId, accountId);
    const all = await collectComplete(client.compute.listOfferings({ region: spec.region }), 'offerings');
    const found = all.find(
      ({ zone, machineType, purchaseOption }) =>
        zone === spec.zone && machineType === spec.machineType && purchaseOption === spec.purchaseOption,
    );
    if (found?.pricePerHour !== undefined) return { ...found, pricePerHour: found.pricePerHour };
    throw new SpringtideError(
      'invalid-argument',
      `${spec.zone} has no ${spec.purchaseOption} machines of type ${spec.machineType} with a price; no machine was asked for`,
      { nextStep: 'Choose a machine type, zone and purchase option from the catalog.' },
    );
  }
}

type Ordered = Readonly<{
  row: BuiltClusterEntity;
  step: Step;
  batch: number;
  size: number;
  userData: string;
  fence: number;
  offering: Priced;
}>;

function request({ row, step, batch, size, userData, fence, offering }: Ordered): LaunchRequest {
  const { id, tenantId, accountId, name, spec } = row;
  return {
    tenantId,
    accountId,
    runId: id,
    campaignId: null,
    step,
    batch,
    region: spec.region,
    service: name,
    poolId: poolOf(spec),
    mandateId: id,
    spec: {
      zone: spec.zone,
      machineType: spec.machineType,
      purchaseOption: spec.purchaseOption,
      image: spec.image,
      subnet: spec.subnet ?? null,
      securityGroups: spec.securityGroups,
      namePrefix: `${name}-${step}-${batch}`,
      userData: null,
      labels: {},
    },
    secretUserData: userData,
    count: size,
    pricePerHour: offering.pricePerHour,
    minimumBillingSeconds: offering.minimumBillingSeconds,
    plannedHours: Math.max(1, msBetween(toInstant(row.createdAt), toInstant(row.until)) / HOUR_MS),
    // Whoever dies before the cluster is ready: the machines end then, by themselves.
    releaseBy: toInstant(row.readyBy),
    fence,
  };
}

function poolOf({ zone, machineType }: Pick<BuiltClusterEntity['spec'], 'zone' | 'machineType'>): string {
  return `${zone}/${machineType}`;
}

function batchesOf(count: number): readonly number[] {
  const whole = Array.from({ length: Math.floor(count / MOST_PER_CALL) }, () => MOST_PER_CALL);
  const rest = count % MOST_PER_CALL;
  return rest === 0 ? whole : [...whole, rest];
}

function refused(step: Step, why: string): SpringtideError {
  return new SpringtideError(
    'failed-precondition',
    `the machines for ${step} cannot be had: ${why}; what was bought for this cluster is taken back`,
    { retry: 'never' },
  );
}
