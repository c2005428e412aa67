import { expiryOf, latestStartOf } from './approval-policy.js';

const phases = [
  { name: 'prewarm' as const, startsAt: '2026-11-10T08:00:00Z', endsAt: '2026-11-10T10:00:00Z' },
  { name: 'peak' as const, startsAt: '2026-11-10T10:00:00Z', endsAt: '2026-11-13T10:00:00Z' },
];
const BEGIN = '2026-11-10T08:00:00Z';
const END = '2026-11-13T10:00:00Z';

describe('how late a run may start under an approval', () => {
  it.each([
    ['a campaign', 'plan' as const, false, BEGIN],
    ['a campaign approved again after it was armed', 'plan' as const, true, BEGIN],
    ['a campaign that says nothing of whom it follows', undefined, true, BEGIN],
    ['a scaling group that never ran', 'strategies' as const, false, BEGIN],
    ['a scaling group that comes back', 'strategies' as const, true, END],
  ])('%s', (_, follows, wasArmed, latest) => {
    expect(latestStartOf({ phases, follows }, wasArmed)).toBe(latest);
  });
});

describe('when an approval ends', () => {
  const soon = '2026-11-10T09:00:00Z';
  const late = '2026-11-14T00:00:00Z';

  it.each([
    ['of a campaign, after the hours of its policy', 'plan' as const, soon, soon],
    ['of a scaling group, not before the group', 'strategies' as const, soon, END],
    ['of a scaling group that ends sooner, after the hours of its policy', 'strategies' as const, late, late],
  ])('%s', (_, follows, usual, end) => {
    expect(expiryOf({ phases, follows }, usual)).toBe(end);
  });
});
