import { envelopeLimits, type PlanContent, type RehearsalQuestion } from '@springtide/campaigns/domain';
import { HOUR, addMs, type Instant } from '@springtide/kernel';
import type { Database, RequestContext } from '@springtide/platform';
import { writeApproved } from '@springtide/twin';

const DAY = 24 * HOUR;

/** Ids of the one campaign in a database of its own. */
const TENANT = '00000000-0000-4000-8000-00000000000a';
export const CAMPAIGN = '00000000-0000-4000-8000-0000000000c0';
const PLAN = '00000000-0000-4000-8000-0000000000d0';
const APPROVAL = '00000000-0000-4000-8000-0000000000e0';
export const ENTRANCE = '00000000-0000-4000-8000-0000000000f0';

/** Who starts the rehearsed run; everybody else is the program itself. */
export const REHEARSER: RequestContext = {
  tenantId: TENANT,
  actor: {
    kind: 'user',
    id: 'rehearsal',
    name: 'rehearsal',
    permissions: new Set(['run:operate', 'run:read', 'campaign:read', 'route:read']),
  },
  requestId: 'rehearsal',
};

/** The one campaign of a rehearsal, its plan as its twins know it, approved as the real one would be. */
export async function writeRehearsed(
  database: Database,
  { campaign, routes }: RehearsalQuestion,
  plan: PlanContent,
  at: Instant,
): Promise<void> {
  await database.systemWork('rehearsal', async (tx) => {
    await tx.query(
      `insert into tenant (id, name, status, created_at) values ($1, 'rehearsal', 'active', $2)`,
      [TENANT, at],
    );
    await writeApproved(tx, {
      ids: { tenant: TENANT, campaign: CAMPAIGN, plan: PLAN, approval: APPROVAL, entrance: ENTRANCE },
      input: campaign,
      content: plan,
      limits: {
        poolIds: plan.pools.map(({ id }) => id),
        latestStart: plan.phases[0]?.startsAt ?? at,
        priceBasis: null,
        priceDriftLimit: 1,
        ...envelopeLimits(plan),
      },
      routes: routes.map((route) => ({ ...route, healthPath: '/' })),
      at,
      expiresAt: addMs(campaign.phases.at(-1)?.endsAt ?? at, DAY),
    });
  });
}
