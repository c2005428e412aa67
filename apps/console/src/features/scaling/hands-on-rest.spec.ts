import { REST_REASONS } from '@springtide/contracts';
import { handsOn } from './hands-on-rest.js';

describe('a group that rests', () => {
  it('is kept off while it may come back, let back when it was kept off, and left alone when it is over', () => {
    const offered = REST_REASONS.map((reason) => [reason, handsOn({ reason })]);
    expect(Object.fromEntries(offered)).toEqual({
      ...{ leaving: 'keep-off', campaign: 'keep-off', promised: 'keep-off', 'stop-switch': 'keep-off' },
      ...{ 'prices-unread': 'keep-off', 'prices-risen': 'keep-off' },
      ...{ approval: 'keep-off', 'kept-off': 'let-back' },
      ...{ 'end-over': undefined, 'money-spent': undefined, stopped: undefined, 'came-back': undefined },
    });
  });
});
