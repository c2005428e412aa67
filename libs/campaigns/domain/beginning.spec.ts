import { storyText } from '@springtide/contracts';
import { beginningOf } from './beginning.js';

const chinese = (reason: string) => storyText([beginningOf(reason)], { language: 'zh-CN' });

describe('why a run comes back', () => {
  it.each([
    ['the campaign is over', '活动已结束'],
    ['it was stopped', '执行被中止'],
    ['stop switch: drill: second try', '紧急停止开关（drill: second try）'],
    ['the run failed: no answer', '执行失败（no answer）'],
  ])('is known by the text that workflows of any version give: %s', (reason, words) => {
    expect(chinese(reason)).toBe(`开始缩容回收：${words}。`);
  });

  it.each([
    'the run was cancelled',
    'its lease lapsed: nobody drives this run any more',
    'its way back was begun before the engine lost its memory',
  ])('is told in the reader’s language: %s', (reason) => {
    expect(chinese(reason)).not.toContain(reason);
  });

  it('stays in the words of whoever gave another one, and in English as it always was', () => {
    expect(chinese('somebody said so')).toBe('开始缩容回收：somebody said so。');
    expect(storyText([beginningOf('it was stopped')], { language: 'en-US' })).toBe(
      'Scaling back: it was stopped.',
    );
  });
});
