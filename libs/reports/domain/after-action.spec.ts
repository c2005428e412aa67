import { AfterActionReport } from '@springtide/contracts';
import { costOfItem } from '@springtide/effects/domain';
import { decimal, money, sumMoney } from '@springtide/kernel';
import fc from 'fast-check';
import { at, sampleRun } from '../testing/sample-run.js';
import { afterActionReport } from './index.js';

const facts = sampleRun();
const report = afterActionReport(facts);
const amounts = (side: 'bought' | 'private') =>
  Object.fromEntries(report.cost.byCause.map((row) => [row.cause, row[side]]));

describe('the after-action report', () => {
  it('keeps to its contract, and is the same for the same facts after a round through JSON', () => {
    expect(AfterActionReport.parse(report)).toEqual(report);
    expect(JSON.parse(JSON.stringify(afterActionReport(sampleRun())))).toEqual(report);
  });

  it('counts what was asked for and what came of it', () => {
    expect(report.machines).toEqual({ planned: 19, created: 19, refused: 5, lost: 0, neverReady: 2 });
    expect(report.failures).toEqual([
      { code: 'insufficient-capacity', pool: '阿里云/hz-h/c7.xlarge', count: 5 },
    ]);
    expect(report.fallbacks).toEqual([
      {
        service: 'storefront',
        pool: '腾讯云/sh-4/S6.LARGE8',
        machines: 5,
        requestsPerSecond: 600,
        cost: money('CNY', '5.325'),
      },
    ]);
    expect(report.leftovers).toEqual([]);
  });

  it('draws planned steps, and ready capacity as machines come and go', () => {
    const [curve] = report.curves;
    expect(curve?.planned).toEqual([
      { at: at(0), requestsPerSecond: 1680 },
      { at: at(60), requestsPerSecond: 2760 },
      { at: at(120), requestsPerSecond: 1320 },
      { at: at(240), requestsPerSecond: 480 },
    ]);
    expect(curve?.ready[0]).toEqual({ at: at(-12), requestsPerSecond: 480 + 4 * 120 });
    expect(Math.max(...(curve?.ready ?? []).map((point) => point.requestsPerSecond))).toBe(480 + 17 * 120);
    expect(curve?.ready.at(-1)).toEqual({ at: at(270), requestsPerSecond: 480 });
    expect(curve?.taken).toHaveLength(240);
  });

  it('says for which share of a phase there was enough', () => {
    // Two machines of the peak never came, and the own ones left ten minutes before the end.
    expect(report.phases.map(({ coveredShare }) => coveredShare)).toEqual([1, 0, 0.9167]);
    const lighter = sampleRun();
    const demand = lighter.input.demand.map((row) => ({ ...row, requestsPerSecond: 2_500 }));
    const [, peak] = afterActionReport({ ...lighter, input: { ...lighter.input, demand } }).phases;
    expect(peak?.coveredShare).toBeCloseTo(52 / 60, 3);
  });

  it('tells time to ready by nearest rank', () => {
    expect(report.timeToReady).toMatchObject({ machines: 17, p50: 360, p95: 1080, max: 1080 });
    expect(report.timeToReadyByType[0]).toMatchObject({ machineType: 'S6.LARGE8', machines: 5, p50: 960 });
  });

  it('puts every cent down to a cause', () => {
    expect(amounts('bought')).toMatchObject({
      // Two machines for 15 minutes at 0.6 per hour.
      'never-served': '0.3',
      fallback: '5.325',
      // One machine for 30 minutes after the last phase.
      overstay: '0.3',
    });
    expect(amounts('private')).toMatchObject({ preparing: '0.048', 'never-served': '0' });
  });

  it('adds up to what the ledger’s items cost, whenever machines came and went', () => {
    const minutes = fc.integer({ min: -60, max: 300 });
    fc.assert(
      fc.property(fc.array(fc.tuple(minutes, minutes, minutes, fc.boolean()), { maxLength: 20 }), (lives) => {
        const [pattern] = facts.intents;
        if (pattern === undefined) throw new Error('the sample has intents');
        const items = lives.map(([a, b, c, served], index) => {
          const [from = 0, ready = 0, to = 0] = [a, b, c].toSorted((x, y) => x - y);
          const known = { acceptedAt: at(from), readyAt: served ? at(ready) : null, releasingAt: at(to) };
          return { ...pattern.items[0], ...known, index, machineId: `i-${index}`, state: 'gone' as const };
        });
        const intent = { ...pattern, items: items as typeof pattern.items };
        const made = afterActionReport(sampleRun({ intents: [intent] }));
        const each = intent.items.map((item) => costOfItem(intent, item, facts.until));
        expect(made.cost.private).toBe(sumMoney('CNY', each).amount);
        expect(made.cost.byCause.every((row) => !decimal(row.private).isNegative())).toBe(true);
      }),
      { seed: 27, numRuns: 200 },
    );
  });

  it('suggests what the next plan should know', () => {
    expect(report.suggestions.map(({ code }) => code)).toEqual([
      'ready-later',
      'stock-refused',
      'type-failed',
      'demand-higher',
      'capacity-higher',
    ]);
    const blind = afterActionReport(sampleRun({ readings: new Map() }));
    expect(blind.curves[0]?.taken).toBeNull();
    expect(blind.suggestions.map(({ code }) => code)).toContain('demand-unseen');
  });

  it('tells of decisions and troubles, not of what went well', () => {
    expect(report.story.map(({ step }) => step)).toEqual(['armed', 'provision.fallback']);
  });

  it('says what is left over, with what it costs per hour', () => {
    const intents = facts.intents.map((intent) => ({
      ...intent,
      items: intent.items.map((item) => ({ ...item, state: 'ready' as const, goneAt: null })),
    }));
    const left = afterActionReport(sampleRun({ intents })).leftovers;
    expect(left).toHaveLength(24);
    expect(left[0]).toMatchObject({ state: 'ready', costPerHour: money('CNY', '0.24') });
  });
});
