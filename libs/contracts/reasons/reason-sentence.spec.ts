import { factsIn } from '../testing/facts-in.js';
import { explanationSections, readinessSentence, reasonSentence } from './reason-sentence.js';
import { readinessWordsEnUS } from './readiness-words.en-US.js';
import { readinessWordsZhCN } from './readiness-words.zh-CN.js';
import { reasonWordsEnUS } from './words.en-US.js';
import { reasonWordsZhCN } from './words.zh-CN.js';

const reason = (code: string, params: Record<string, string | number>) => ({
  code,
  params,
  text: 'as stored',
});
const short = reason('budget-short', {
  budget: '400',
  needed: '461.66917500001',
  missing: '61.66917500001',
  currency: 'CNY',
});

describe('reasonSentence', () => {
  it('rounds money as people write it, in both languages', () => {
    expect(reasonSentence(short, { language: 'en-US' })).toBe(
      'The budget of CN¥400.00 is too small. Carrying all demand takes at least CN¥461.67, CN¥61.67 more.',
    );
    expect(reasonSentence(short, { language: 'zh-CN' })).toBe(
      '预算 ¥400.00 不足：满足全部需求至少需要 ¥461.67，至少还差 ¥61.67。',
    );
  });

  it('keeps what an hour costs, and what one more of something saves, a little finer', () => {
    const chosen = reason('pool-chosen', {
      ...{ class: 'shop', machines: 1200, pool: 'east/a/m.large/spot', option: 'spot' },
      ...{ pricePerHour: '0.08321', units: 36, unit: 'requests/s', currency: 'USD' },
    });
    expect(reasonSentence(chosen, { language: 'en-US' })).toBe(
      'shop gets up to 1,200 × east/a/m.large/spot (spot). Each costs $0.0832 an hour and carries 36 requests/s.',
    );
    const yen = { ...chosen, params: { ...chosen.params, pricePerHour: '35', currency: 'JPY' } };
    expect(reasonSentence(yen, { language: 'en-US' })).toContain('Each costs ¥35 an hour');
    const quota = reason('quota-binding', { quota: 'q', savingPerVcpu: '0.0042', currency: 'USD' });
    expect(reasonSentence(quota, { language: 'en-US' })).toContain('about $0.0042.');
  });

  it('names pools as the reader knows them, also in lists with prices', () => {
    const nameOf = (pool: string) => `<${pool}>`;
    const next = reason('alternatives', {
      class: 'shop',
      phase: 'peak',
      pools: 'home dc/a/m/private (0.1 EUR/h), b',
    });
    expect(reasonSentence(next, { language: 'en-US', nameOf })).toContain(
      ': <home dc/a/m/private> (€0.10 an hour), <b>.',
    );
  });

  it('counts one and several, and tells less than an hour in minutes', () => {
    const stands = (machines: number) =>
      reason('standing-fleet', { service: 'shop', machines, requestsPerSecond: 27 });
    expect(reasonSentence(stands(1), { language: 'en-US' })).toContain('anyway, 1 machine, serves');
    expect(reasonSentence(stands(1200), { language: 'en-US' })).toContain('anyway, 1,200 machines, serves');
    expect(reasonSentence(stands(2), { language: 'zh-CN' })).toContain('shop 常备的 2 台主机已能承担');
    const work = reason('private-share', {
      ...{ privateMachineHours: '0.05', publicMachineHours: '1', privateCost: '1', publicCost: '2' },
      currency: 'CNY',
    });
    expect(reasonSentence(work, { language: 'en-US' })).toMatch(/work 3 minutes, .* work 1 hour \(/);
    expect(reasonSentence(work, { language: 'zh-CN' })).toMatch(/工作 ?3 ?分钟（.*工作 ?1 ?小时（/);
  });

  it('names a pool once, and of a long list the first', () => {
    const full = reason('private-full', { full: 9, of: 9, pools: 'a, b, b, c, d, e, f, g' });
    expect(reasonSentence(full, { language: 'en-US' })).toContain('is bought: a, b, c, d, e, 2 more.');
    expect(reasonSentence(full, { language: 'zh-CN' })).toContain('a、b、c、d、e、另外 2 个。');
  });

  it('leaves what it does not know, or cannot tell whole, as it was stored', () => {
    expect(reasonSentence(reason('from-the-future', {}), { language: 'zh-CN' })).toBe('as stored');
    expect(reasonSentence(reason('pool-chosen', { class: 'shop' }), { language: 'zh-CN' })).toBe('as stored');
  });

  it('tells amounts plainly that came without a currency', () => {
    const { currency: _left, ...params } = short.params;
    expect(reasonSentence({ ...short, params }, { language: 'en-US' })).toMatch(/budget of 400 is too small/);
  });

  it('takes the same parameters in both languages', () => {
    for (const [key, english] of Object.entries(reasonWordsEnUS)) {
      const chinese = reasonWordsZhCN[key as keyof typeof reasonWordsEnUS];
      expect([key, factsIn(chinese)]).toEqual([key, factsIn(english)]);
    }
  });
});

describe('what a readiness check found', () => {
  const finding = reason('quota-short', { quota: 'vcpus', free: 4, needed: 10, missing: 6 });

  it('is told in the language of its reader, and as it was kept where it is not known whole', () => {
    expect(readinessSentence(finding, { language: 'zh-CN' })).toBe(
      '配额 vcpus 空闲 4 vCPU，计划需要 10：缺 6。',
    );
    expect(readinessSentence(finding, { language: 'en-US' })).toMatch(/^Quota vcpus has 4 vCPUs free/);
    expect(readinessSentence(reason('quota-short', {}), { language: 'zh-CN' })).toBe('as stored');
    expect(readinessSentence(reason('from-the-future', {}), { language: 'zh-CN' })).toBe('as stored');
  });

  it('has the same facts in both languages', () => {
    for (const [key, english] of Object.entries(readinessWordsEnUS)) {
      const chinese = readinessWordsZhCN[key as keyof typeof readinessWordsEnUS];
      expect([key, factsIn(chinese)]).toEqual([key, factsIn(english)]);
    }
  });
});

describe('explanationSections', () => {
  it('tells under headings, what is missing before where the machines come from', () => {
    const pool = reason('private-full', { full: 1, of: 2, pools: 'home' });
    const sections = explanationSections([reason('boot-declared', {}), pool, short], { language: 'en-US' });
    expect(sections.map(({ title }) => title)).toEqual([
      'What is missing, and what would help',
      'Where the machines come from',
      'How early machines are ordered',
    ]);
  });
});
