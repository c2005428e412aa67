import { emptyDraft } from './draft.js';
import { likelyStart } from './likely-start.js';

const draft = { ...emptyDraft('Asia/Shanghai'), startsAt: '2027-06-17T22:00' };
const highestAt = '2026-06-17T16:10:00.000Z';

describe('the start of a history', () => {
  it('is proposed so that its highest comes with the peak', () => {
    const startsAt = '2026-06-17T00:00:00.000Z';
    expect(likelyStart({ startsAt, highestAt }, draft)).toBe('2026-06-17T22:00');
    const phases = draft.phases.slice(2);
    expect(likelyStart({ startsAt, highestAt }, { ...draft, phases })).toBe('2026-06-18T00:00');
  });

  it('is never before the history itself', () => {
    const startsAt = '2026-06-17T15:00:00.000Z';
    expect(likelyStart({ startsAt, highestAt }, draft)).toBe('2026-06-17T23:00');
  });
});
