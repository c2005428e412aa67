/** Fixed, readable ids of a simulated world. */
export const TENANT = '00000000-0000-4000-8000-00000000000a';
export const CAMPAIGN = '00000000-0000-4000-8000-0000000000c0';
export const PLAN = '00000000-0000-4000-8000-0000000000d0';
export const APPROVAL = '00000000-0000-4000-8000-0000000000e0';
export const ROUTE_ACCOUNT = '00000000-0000-4000-8000-0000000000f0';
export const INSTALLATION = 'springtide-sim';
export const START = '2026-11-11T00:00:00.000Z';

export function accountId(cloud: number): string {
  return `00000000-0000-4000-8000-00000000010${cloud}`;
}
