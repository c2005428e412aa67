import { storyText } from '@springtide/contracts';
import { beginningOf } from './beginning.js';

const chinese = (reason: string) => storyText([beginningOf(reason)], { language: 'zh-CN' });

describe('why a run comes back', () => {
  it('is known by the text that workflows of any version give', () => {
    expect(chinese('the campaign is over')).toBe('开始缩容回收：活动已结束。');
    expect(chinese('it was stopped')).toBe('开始缩容回收：执行被中止。');
    expect(chinese('stop switch: drill: second try')).toBe(
      '开始缩容回收：紧急停止开关（drill: second try）。',
    );
    expect(chinese('the run failed: no answer')).toBe('开始缩容回收：执行失败（no answer）。');
  });

  it('stays in the words of whoever gave another one, and in English as it always was', () => {
    expect(chinese('somebody said so')).toBe('开始缩容回收：somebody said so。');
    expect(storyText([beginningOf('it was stopped')], { language: 'en-US' })).toBe(
      'Scaling back: it was stopped.',
    );
  });
});
