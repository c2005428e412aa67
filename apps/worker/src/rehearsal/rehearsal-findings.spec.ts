import { storyText } from '@springtide/contracts';
import { money } from '@springtide/kernel';
import { findingsOf } from './rehearsal-findings.js';

const phase = {
  ...{ name: 'peak' as const, demandRps: 1_625.4, plannedRps: 1_000, plannedShare: 1 },
  ...{ servedShare: 0.91239, shortMinutes: 7.2, machinesReady: 9 },
} as const;
const cost = { actual: money('CNY', '120'), budget: money('CNY', '100') };
const bad = { state: 'stuck', phases: [phase], leftover: 2, cost } as const;

describe('what speaks against a plan that was rehearsed', () => {
  it('is nothing where all was served, brought back and paid within the budget', () => {
    const whole = { ...phase, servedShare: 0.9991 };
    const good = {
      state: 'closed',
      phases: [whole],
      leftover: 0,
      cost: { ...cost, actual: cost.budget },
    } as const;
    expect(findingsOf(good)).toEqual([]);
  });

  it('is told with its figures in the language of its reader', () => {
    const told = (language: 'en-US' | 'zh-CN') =>
      findingsOf(bad).map((one) => storyText([one], { language }));
    expect(told('en-US')).toEqual([
      'In peak, 91.23 % of the requests found capacity; it was short for 8 min. There, at most 1625 requests/s were asked for, and 1000 were planned, of which 100 % served.',
      'The run was not closed 12 hours after its end; it is stuck.',
      '2 machines were left over.',
      'It cost 120 CNY, above its budget of 100 CNY.',
    ]);
    expect(told('zh-CN')).toEqual([
      '峰值阶段有 91.23% 的请求得到处理，容量不足持续 8 分钟。该阶段最高需求为 1625 请求/秒，计划为 1000 请求/秒，计划可处理其中的 100%。',
      '执行结束 12 小时后仍未关闭，状态为“已卡住”。',
      '遗留 2 台主机。',
      '花费 120 CNY，超出预算 100 CNY。',
    ]);
  });
});
