import { leadMs } from './campaign.js';

it('begins the later the slower the machine is, and never so soon that nobody could plan', () => {
  expect(leadMs(4_000)).toBe(25_000);
  expect(leadMs(34_000)).toBe(68_000);
});
