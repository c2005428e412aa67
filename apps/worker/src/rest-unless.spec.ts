import { getEventListeners } from 'node:events';
import { restUnless } from './rest-unless.js';

describe('a rest', () => {
  it('ends in time or at the signal, and leaves nothing at the signal', async () => {
    const end = new AbortController();
    await restUnless(end.signal, 1);
    expect(getEventListeners(end.signal, 'abort')).toHaveLength(0);
    const long = restUnless(end.signal, 3_600_000);
    end.abort();
    await long;
    await restUnless(end.signal, 3_600_000);
    expect(getEventListeners(end.signal, 'abort')).toHaveLength(0);
  });
});
