import { REST_REASONS, type ScalingRestBody } from '@springtide/contracts';
import { choiceOf, decidedByHand } from './rest.js';

const NOW = '2026-11-12T00:00:00.000Z';
const rest = (reason: ScalingRestBody['reason']): ScalingRestBody => ({
  ...{ campaignId: 'c', name: 'group', runId: 'r', since: NOW, reason, waitsFor: ['sale'] },
  ...{ expectedAt: null, until: '2026-12-01T00:00:00.000Z', moneyLeft: null, text: 'as it was' },
});

describe('a rest that a person decides about', () => {
  it('is kept off with a name, and let go again', () => {
    const kept = decidedByHand(rest('campaign'), false, 'Ada', NOW);
    expect(kept).toMatchObject({
      reason: 'kept-off',
      text: expect.stringMatching(/^Ada keeps it off/) as string,
    });
    expect(decidedByHand(kept ?? rest('campaign'), true, 'Ada', NOW)?.reason).toBe('leaving');
  });

  it('stays as it is when it is so already, and cannot be changed when it is over', () => {
    expect(decidedByHand(rest('kept-off'), false, 'Ada', NOW)?.text).toBe('as it was');
    expect(decidedByHand(rest('approval'), true, 'Ada', NOW)?.text).toBe('as it was');
    expect(decidedByHand(rest('end-over'), true, 'Ada', NOW)).toBeUndefined();
    expect(decidedByHand(rest('came-back'), false, 'Ada', NOW)).toBeUndefined();
  });

  it('offers what changes something, and nothing when it is over', () => {
    for (const reason of REST_REASONS) {
      const was = rest(reason);
      const changes = (comesBack: boolean) =>
        ![was, undefined].includes(decidedByHand(was, comesBack, 'Ada', NOW));
      const offered = changes(false) ? 'keep-off' : changes(true) ? 'let-back' : null;
      expect([reason, choiceOf(was)]).toEqual([reason, offered]);
    }
    expect(choiceOf({ reason: 'money-spent' })).toBeNull();
  });
});
