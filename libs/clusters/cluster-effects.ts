import type { EffectLedger } from '@springtide/effects';
import { tokenOf } from '@springtide/effects/domain';
import type { Instant } from '@springtide/kernel';
import { failPoint } from '@springtide/platform';
import type { CloudClient, Ownership } from '@springtide/provider-kit';

/** Where a change of a cluster is written in the ledger: `subject` is the workload's id, or the cluster's. */
export type ClusterChange = Readonly<{
  tenantId: string;
  accountId: string;
  subject: string;
  step: string;
  /** Rises with every new decision; the same number is the same effect, however often it is sent. */
  batch: number;
  service: string | null;
  /** Left out for an account that is a cluster. */
  region?: string;
}>;

export type SentChange = Readonly<{
  client: CloudClient;
  ownership: Ownership;
  control: Readonly<{ deadline: Instant }>;
}>;

/** The only way to change a cluster: written ahead, sent with its token, recorded. */
export class ClusterEffects {
  constructor(private readonly ledger: EffectLedger) {}

  async open(tenantId: string, accountId: string): Promise<CloudClient> {
    return await this.ledger.dependencies.clouds.open(tenantId, accountId);
  }

  get installation(): string {
    return this.ledger.dependencies.installation;
  }

  async send<T>(
    kind: 'set' | 'delete',
    change: ClusterChange,
    desired: Readonly<Record<string, unknown>>,
    call: (sent: SentChange) => Promise<T>,
  ): Promise<T> {
    const { tenantId, accountId, subject, step, batch, service } = change;
    const place = { tenantId, accountId, runId: subject, step, batch, service };
    const whole = { ...place, campaignId: null, region: change.region ?? 'all', poolId: null };
    const written = await this.ledger.writePlain(kind, whole, desired, 0);
    const client = await this.open(tenantId, accountId);
    const begun = await this.ledger.beginCall(written, 0);
    await failPoint('set.sending');
    const result = await call({
      client,
      ownership: {
        installation: this.installation,
        tenant: tenantId,
        intent: begun.id,
        token: tokenOf(begun),
        ...(service === null ? {} : { service }),
      },
      control: { deadline: begun.deadline ?? this.ledger.deadline() },
    });
    await failPoint('set.answered');
    await this.ledger.finishPlain(begun);
    await failPoint('set.recorded');
    return result;
  }
}
