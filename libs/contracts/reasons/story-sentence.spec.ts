import { clausesFact, ordersFact, sentence, storyText } from '../index.js';
import { factsIn } from '../testing/facts-in.js';
import { storyWordsEnUS } from './story-words.en-US.js';
import { storyWordsZhCN } from './story-words.zh-CN.js';

const CHINESE = { language: 'zh-CN' } as const;
const ENGLISH = { language: 'en-US' } as const;

describe('a line of a story', () => {
  const added = ordersFact([
    { machines: 12, poolId: 'east/a/m.large/spot', phase: 'peak', service: 'shop' },
    { machines: 3, poolId: 'home', phase: 'decay', service: 'shop' },
  ]);
  const planned = [sentence('plan.residual', { added }), sentence('guard.budget-90', {})];

  it('is told in the language of its reader, with phases and lists as they are written there', () => {
    expect(storyText(planned, ENGLISH)).toBe(
      'The rest of the run was planned anew inside its approval: 12 × east/a/m.large/spot for shop in peak, 3 × home for shop in decay. Nine tenths of the budget are used.',
    );
    expect(storyText(planned, CHINESE)).toBe(
      '已在审批范围内重新规划剩余部分：峰值阶段为 shop 增加 12 × east/a/m.large/spot、回落阶段为 shop 增加 3 × home。预算已使用九成。',
    );
  });

  it('names pools and instants as the reader knows them', () => {
    const until = '2026-11-11T02:00:00.000Z';
    const wording = { ...CHINESE, nameOf: () => '本地', timeOf: () => '10:00' };
    expect(storyText([sentence('engine.safe-hold', { until })], wording)).toContain('到 10:00 审批到期时');
    const instead = ordersFact([{ machines: 2, poolId: 'p' }]);
    const fallback = sentence('provision.fallback', {
      ...{ count: 2, pool: 'q', code: 'stock-out', service: 'shop', instead },
    });
    expect(storyText([fallback], wording)).toBe('2 台 本地 未能到位（stock-out）；shop 改用：2 × 本地。');
  });

  it('agrees with one and with several', () => {
    const lost = (count: number) => storyText([sentence('guard.lost', { count })], ENGLISH);
    expect(lost(1)).toBe('1 machine vanished and is being replaced.');
    expect(lost(2)).toBe('2 machines vanished and are being replaced.');
    const closed = (count: number) => storyText([sentence('waits.satellites', { count })], ENGLISH);
    expect([closed(1), closed(2)]).toEqual(['1 satellite is still there', '2 satellites are still there']);
  });

  it('says what a phase of the way back waited for, and nothing where it waited for nothing', () => {
    const overdue = (waitsFor: string) =>
      storyText([sentence('scale-back.overdue', { phase: 'drain', waitsFor })], ENGLISH);
    expect(overdue('2 connections to end')).toMatch(/^drain: its time is over: 2 connections to end\. The/);
    expect(overdue('')).toMatch(/^drain: its time is over\. The/);
  });

  it('tells each thing that is waited for in the language of its reader, and what older versions wrote as they wrote it', () => {
    const nextTry = '2026-11-11T02:00:00.000Z';
    const silent = {
      account: 'aws-prod',
      region: 'eu-1',
      code: 'unavailable',
      message: 'no route',
      tries: 4,
    };
    const waitsFor = clausesFact([
      sentence('waits.there', { count: 2 }),
      sentence('waits.unreachable', { ...silent, since: nextTry, nextTry }),
    ]);
    const now = (fact: string) => [sentence('now.way-back', { phase: 'gone', waitsFor: fact })];
    expect(storyText(now(waitsFor), { ...CHINESE, timeOf: () => '10:00' })).toBe(
      '回收进行到“复核主机已释放”（2 台主机仍在；aws-prod（eu-1）自 10:00 起没有执行所请求的操作（unavailable：no route）；已尝试 4 次，下次重试 10:00）。',
    );
    expect(storyText(now(waitsFor), ENGLISH)).toMatch(
      /^Way back at gone: 2 machines are still there; aws-prod/,
    );
    expect(storyText(now('2 machines are still there'), CHINESE)).toContain('（2 machines are still there）');
    const newer = clausesFact([{ code: 'from-the-future', params: {} }]);
    expect(storyText(now(newer), CHINESE)).toBeUndefined();
  });

  it('is not told in part, nor where this version does not know it: then its text stands', () => {
    const newer = { code: 'from-the-future', params: {} };
    expect(storyText([...planned, newer], CHINESE)).toBeUndefined();
    // @ts-expect-error -- how many there were is left out
    expect(storyText([sentence('closed-without', {})], CHINESE)).toBeUndefined();
    expect(storyText([], CHINESE)).toBeUndefined();
  });

  it('has the same facts in both languages', () => {
    for (const [key, english] of Object.entries(storyWordsEnUS)) {
      const chinese = storyWordsZhCN[key as keyof typeof storyWordsEnUS];
      expect([key, factsIn(chinese)]).toEqual([key, factsIn(english)]);
    }
  });
});
