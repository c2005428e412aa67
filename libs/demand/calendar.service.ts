import type { CalendarBody, FreezeBody, FreezeInput } from '@springtide/contracts';
import { recordAudit, requirePermission } from '@springtide/identity';
import { SpringtideError, toInstant, type Clock } from '@springtide/kernel';
import { newId, type Database, type RequestContext } from '@springtide/platform';
import { deleteFreeze, insertFreeze, listFreezes } from './data/demand.repository.js';
import { calendarClashes, calendarEvents, proposedPhases, type CalendarCampaign } from './domain/index.js';

/** When everybody sells, when nothing may be changed, and what stands in each other's way. */
export class CalendarService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** @param campaigns those that are not over and not cancelled. */
  async year(
    ctx: RequestContext,
    year: number,
    campaigns: readonly CalendarCampaign[],
  ): Promise<CalendarBody> {
    requirePermission(ctx, 'campaign:read');
    const period = { from: `${year}-01-01T00:00:00.000Z`, to: `${year + 1}-01-01T00:00:00.000Z` };
    const freezes = await this.database.unitOfWork(ctx, (tx) => listFreezes(tx, period));
    const inYear = campaigns.filter(
      ({ startsAt, endsAt }) =>
        Date.parse(startsAt) < Date.parse(period.to) && Date.parse(endsAt) > Date.parse(period.from),
    );
    return {
      events: calendarEvents(year).map((event) => ({
        ...event,
        phases: event.kind === 'sale' ? [...proposedPhases(event)] : [],
      })),
      freezes: [...freezes],
      campaigns: inYear.map(({ id, name, startsAt, endsAt }) => ({ id, name, startsAt, endsAt })),
      clashes: calendarClashes(inYear, freezes).map((clash) => ({
        ...clash,
        accountIds: [...clash.accountIds],
      })),
    };
  }

  async addFreeze(ctx: RequestContext, input: FreezeInput): Promise<FreezeBody> {
    requirePermission(ctx, 'campaign:write');
    if (Date.parse(input.endsAt) <= Date.parse(input.startsAt)) {
      throw new SpringtideError('invalid-argument', 'the freeze ends before it starts; it was not saved');
    }
    const freeze = { id: newId(), ...input };
    await this.database.unitOfWork(ctx, async (tx) => {
      await insertFreeze(tx, ctx.tenantId, freeze);
      await recordAudit(tx, ctx, {
        action: 'freeze.create',
        target: { kind: 'freeze', id: freeze.id },
        after: input,
        show: ['name', 'startsAt', 'endsAt'],
        at: toInstant(this.clock.now()),
      });
    });
    return freeze;
  }

  /** @throws not-found. */
  async removeFreeze(ctx: RequestContext, id: string): Promise<void> {
    requirePermission(ctx, 'campaign:write');
    await this.database.unitOfWork(ctx, async (tx) => {
      if (!(await deleteFreeze(tx, id))) {
        throw new SpringtideError('not-found', `there is no freeze ${id}; the calendar is as it was`);
      }
      await recordAudit(tx, ctx, {
        action: 'freeze.delete',
        target: { kind: 'freeze', id },
        show: [],
        at: toInstant(this.clock.now()),
      });
    });
  }
}
