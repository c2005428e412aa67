import { recordAudit, requirePermission } from '@springtide/identity';
import { SpringtideError, toInstant, type Instant } from '@springtide/kernel';
import type { Database, RequestContext } from '@springtide/platform';
import type { CloudClient, Machine } from '@springtide/provider-kit';
import type { EffectLedger } from './ledger.service.js';

/** A machine by its cloud's own id. */
export type MachinePlace = Readonly<{ accountId: string; region: string; machineId: string }>;

type Change<T> = Readonly<{
  /** For the audit: `machine.<action>`. */
  action: 'take-snapshot' | 'revert-to-snapshot' | 'delete-snapshot';
  /** What of the machine is changed; with its id the identity of the effect. */
  snapshot: string;
  send(client: CloudClient, deadline: Instant): Promise<T>;
}>;

/** Snapshots of machines that nobody's plan will take back. */
export class MachineSnapshots {
  constructor(
    private readonly ledger: EffectLedger,
    private readonly database: Database,
  ) {}

  /** One of that name that was taken here before is answered. */
  async take(ctx: RequestContext, place: MachinePlace, name: string): Promise<Readonly<{ id: string }>> {
    const { region, machineId } = place;
    const { installation } = this.ledger.dependencies;
    return await this.change(ctx, place, {
      action: 'take-snapshot',
      snapshot: name,
      send: async (client, deadline) =>
        client.snapshots.takeSnapshot({ region, machineId, name, installation }, { deadline }),
    });
  }

  /** What the machine wrote since is lost, and it is powered off afterwards. */
  async revert(ctx: RequestContext, place: MachinePlace, snapshotId: string): Promise<void> {
    const { region, machineId } = place;
    await this.change(ctx, place, {
      action: 'revert-to-snapshot',
      snapshot: snapshotId,
      send: async (client, deadline) =>
        client.snapshots.revertToSnapshot({ region, machineId, snapshotId }, { deadline }),
    });
  }

  /** Only one that was taken here; one that is gone stays gone. */
  async remove(ctx: RequestContext, place: MachinePlace, snapshotId: string): Promise<'gone'> {
    const { region, machineId } = place;
    const { installation } = this.ledger.dependencies;
    return await this.change(ctx, place, {
      action: 'delete-snapshot',
      snapshot: snapshotId,
      send: async (client, deadline) =>
        client.snapshots.deleteSnapshot({ region, machineId, snapshotId, installation }, { deadline }),
    });
  }

  private async change<T>(ctx: RequestContext, place: MachinePlace, change: Change<T>): Promise<T> {
    requirePermission(ctx, 'inventory:write');
    const { accountId, region, machineId } = place;
    const { action, snapshot } = change;
    const client = await this.ledger.dependencies.clouds.open(ctx.tenantId, accountId);
    requireSnapshots(client);
    requireFree(await machineNow(client, place));
    await this.audit(ctx, `machine.${action}`, place, snapshot);
    const owner = { tenantId: ctx.tenantId, runId: accountId, campaignId: null, service: null, poolId: null };
    return await this.ledger.set(
      { ...owner, accountId, region, step: `${action}/${machineId}/${snapshot}`, batch: 0, fence: 0 },
      { machineId, snapshot },
      async (deadline) => change.send(client, deadline),
    );
  }

  private async audit(ctx: RequestContext, action: string, place: MachinePlace, snapshot: string) {
    const at = toInstant(this.ledger.dependencies.clock.now());
    await this.database.unitOfWork(ctx, async (tx) => {
      await recordAudit(tx, ctx, {
        action,
        target: { kind: 'machine', id: place.machineId },
        after: { ...place, snapshot },
        show: ['accountId', 'region', 'machineId', 'snapshot'],
        at,
      });
    });
  }
}

function requireSnapshots({ manifest: { title, capabilities } }: CloudClient): void {
  const { machineSnapshots } = capabilities;
  if (machineSnapshots?.supported) return;
  const reason = machineSnapshots?.reason ?? 'nothing of it can be taken a snapshot of as a whole';
  throw new SpringtideError('unsupported', `${title} takes no snapshots of machines: ${reason}`, {
    effect: 'none',
  });
}

async function machineNow(client: CloudClient, { region, machineId }: MachinePlace): Promise<Machine> {
  const machine = (await client.compute.describe([machineId], { region })).get(machineId);
  if (machine !== undefined && machine !== 'gone') return machine;
  throw new SpringtideError('not-found', `the cloud has no machine ${machineId} in ${region}`);
}

/** @throws failed-precondition for a machine that was bought here and is taken back here. */
function requireFree({ name, ownership }: Machine): void {
  if (ownership === undefined) return;
  const owner = ownership.campaign === undefined ? 'Springtide' : `campaign ${ownership.campaign}`;
  throw new SpringtideError(
    'failed-precondition',
    `machine ${name} belongs to ${owner}, which changes it by its plan and takes it back with its disks; nothing was changed`,
    {
      effect: 'none',
      nextStep: 'Take snapshots of the machine or template that such machines are made from.',
    },
  );
}
