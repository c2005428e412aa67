import type { CampaignBody } from '@springtide/contracts';
import { HOUR, addMs, type Instant } from '@springtide/kernel';
import { jobContext } from '@springtide/platform';
import { billFacts } from './index.js';

const CAMPAIGN = 'campaign';
const START = '2026-11-11T00:00:00.000Z';
const later = (hours: number): Instant => addMs(START, hours * HOUR);
const context = jobContext('spec', '00000000-0000-4000-8000-000000000001', 'request');

/** A group that ran in the morning, closed at two, and came back at ten. */
function facts(newest: Readonly<{ closedAt: Instant | null; dueAt: Instant | null }>) {
  const bills = { early: { closedAt: later(2), dueAt: later(50) }, newest };
  const intervals = [
    { machine: 'i-1', from: later(0), to: later(1) },
    { machine: 'i-2', from: later(10), to: null },
  ];
  const deletion = { accountId: 'acc', state: 'settled', sentAt: later(2) };
  return billFacts(
    { usage: async () => await Promise.resolve({ intervals } as never) },
    {
      listIntents: async () =>
        await Promise.resolve([
          { ...deletion, spec: { satellite: 'd-1' } },
          { ...deletion, spec: { satellite: 'd-2' }, state: 'sent' },
          { ...deletion, spec: { machines: ['i-1'] } },
        ] as never),
    },
    {
      get: async () =>
        await Promise.resolve({ currentRunId: 'newest', policy: 'standard' } as unknown as CampaignBody),
    },
    {
      billsOf: async (_tenant, runId) =>
        await Promise.resolve({ campaignId: CAMPAIGN, ...bills[runId as keyof typeof bills] }),
    },
  );
}

const seen = ({ usage, runId, dueAt }: Awaited<ReturnType<ReturnType<typeof facts>['subject']>>) => [
  usage.map(({ machine }) => machine),
  runId,
  dueAt,
];

describe('what a bill is held against', () => {
  const open = { closedAt: null, dueAt: null };
  const closed = { closedAt: later(12), dueAt: later(60) };

  it('is what ran before the run closed, while a newer one of its campaign is open', async () => {
    expect(seen(await facts(open).subject(context, CAMPAIGN, 'early'))).toEqual([
      ['i-1'],
      'early',
      later(50),
    ]);
  });

  it('is everything with the newest run, which then stands for those before it', async () => {
    const all = [['i-1', 'i-2'], 'newest', later(60)];
    expect(seen(await facts(closed).subject(context, CAMPAIGN, 'early'))).toEqual(all);
    expect(seen(await facts(closed).subject(context, CAMPAIGN))).toEqual(all);
    expect(seen(await facts(open).subject(context, CAMPAIGN))).toEqual([['i-1', 'i-2'], 'newest', null]);
  });

  it('knows satellites by their deletion, and since when they are gone', async () => {
    const { satellites } = await facts(closed).subject(context, CAMPAIGN);
    expect(satellites).toEqual([
      { id: 'd-1', accountId: 'acc', until: later(2) },
      { id: 'd-2', accountId: 'acc', until: null },
    ]);
  });
});
