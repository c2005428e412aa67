/** Fixed, readable ids of a simulated world. */
export const TENANT = '00000000-0000-4000-8000-00000000000a';
export const CAMPAIGN = '00000000-0000-4000-8000-0000000000c0';
const PLAN = '00000000-0000-4000-8000-0000000000d0';
const APPROVAL = '00000000-0000-4000-8000-0000000000e0';
const ROUTE_ACCOUNT = '00000000-0000-4000-8000-0000000000f0';
export const INSTALLATION = 'springtide-sim';
export const START = '2026-11-11T00:00:00.000Z';

/** What a tenant of a story goes by. */
export type Ids = Readonly<{
  tenant: string;
  campaign: string;
  plan: string;
  approval: string;
  /** Of the account that its entrances belong to. */
  entrance: string;
  account: (cloud: number) => string;
  /** Its routes are numbered from here. */
  firstRoute: number;
}>;

export const OWN: Ids = {
  tenant: TENANT,
  campaign: CAMPAIGN,
  plan: PLAN,
  approval: APPROVAL,
  entrance: ROUTE_ACCOUNT,
  account: accountId,
  firstRoute: 2_000,
};

/** The tenant beside the one that the story is about. */
export const NEXT_DOOR: Ids = {
  tenant: '00000000-0000-4000-8000-00000000000b',
  campaign: '00000000-0000-4000-8000-0000000000c1',
  plan: '00000000-0000-4000-8000-0000000000d1',
  approval: '00000000-0000-4000-8000-0000000000e1',
  entrance: '00000000-0000-4000-8000-0000000000f1',
  account: (cloud) => `00000000-0000-4000-8000-00000000020${cloud}`,
  firstRoute: 2_100,
};

function accountId(cloud: number): string {
  return `00000000-0000-4000-8000-00000000010${cloud}`;
}
