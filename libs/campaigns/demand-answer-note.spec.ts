import { storyText, type PhaseName, type Reason } from '@springtide/contracts';
import { answerNote } from './demand-answer-note.js';

const demand = { service: 'shop', phase: 'peak', observed: 448, planned: 320, revision: 3 } as const;
const params = {
  demand: 480,
  wanted: 9,
  machines: 9,
  level: 140,
  margin: 10,
  earliest: 2,
  latest: 2,
  inSteps: 3,
};
const forecast = { code: 'burst-forecast-placed', params, text: 'as written' };

function told(language: 'en-US' | 'zh-CN', reason: Reason = forecast, short = 0): string | undefined {
  const added = [{ phase: 'peak', poolId: 'east', machines: 2 }] as const;
  const answer = { targets: [], added: [...added], uncovered: new Map<PhaseName, number>([['peak', short]]) };
  return storyText(answerNote({ ...demand, multiple: 1.4 }, answer, reason).sentences, { language });
}

describe('what a run tells of demand above its plan', () => {
  it('names what is added and what the forecast says, in the language of the reader', () => {
    expect(told('en-US')).toMatch(/added: 2 × east for peak\. .*2 steps earlier than forecast, and 10 %/);
    expect(told('zh-CN')).toMatch(/增加：峰值阶段 2 × east。.*比预测早 2 步，另加 10% 的余量。$/);
  });

  it('says what stays uncovered', () => {
    expect(told('zh-CN', forecast, 60)).toContain('仍有 60 请求/秒无法承担');
  });

  it('leaves a reason that is not of the forecast in its own words', () => {
    expect(told('zh-CN', { ...forecast, code: 'another' })).toMatch(/as written$/);
  });
});
