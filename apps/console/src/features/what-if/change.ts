import { CampaignInput, type CampaignBody, type PlanBody, type PlanWhatIf } from '@springtide/contracts';

/** A region of a cloud, or one zone of it. */
type CloudRegion = PlanWhatIf['excludeRegions'][number];

/** What somebody tries on a plan: where the sliders stand and what is taken out. */
export type Change = Readonly<{
  /** Both as they were entered, which may not be a number yet. */
  demandFactor: string;
  budget: string;
  accounts: readonly string[];
  regions: readonly CloudRegion[];
}>;

export function noChange(campaign: CampaignBody): Change {
  return { demandFactor: '1', budget: campaign.budget.amount, accounts: [], regions: [] };
}

const AMOUNT = /^\d{1,18}(\.\d{1,20})?$/;
const MOST_DEMAND = 100;

/** Which field holds no number that can be planned with. */
export function faultOf({ demandFactor, budget }: Change): 'demand' | 'budget' | undefined {
  const factor = Number(demandFactor);
  if (demandFactor.trim() === '' || !(factor > 0 && factor <= MOST_DEMAND)) return 'demand';
  return AMOUNT.test(budget) ? undefined : 'budget';
}

/** The question to ask; null when nothing is different from the campaign, or a field is not filled in. */
export function questionOf(change: Change, campaign: CampaignBody): PlanWhatIf | null {
  if (faultOf(change) !== undefined) return null;
  const { budget, accounts, regions } = change;
  const demandFactor = Number(change.demandFactor);
  const other = Number(budget) !== Number(campaign.budget.amount);
  const open = regions.filter(({ accountId }) => !accounts.includes(accountId));
  if (demandFactor === 1 && !other && accounts.length === 0 && open.length === 0) return null;
  return {
    ...(demandFactor === 1 ? {} : { demandFactor }),
    ...(other ? { budget: { currency: campaign.budget.currency, amount: budget } } : {}),
    excludeAccountIds: [...accounts],
    excludeRegions: open,
  };
}

/** The campaign as it would have to be for the plan to be made for real. */
export function changedInput(campaign: CampaignBody, asked: PlanWhatIf): CampaignInput {
  const { demandFactor = 1, budget = campaign.budget, excludeAccountIds } = asked;
  const input = CampaignInput.parse(campaign);
  return {
    ...input,
    budget,
    accountIds: input.accountIds.filter((id) => !excludeAccountIds.includes(id)),
    demand: input.demand.map((row) => ({
      ...row,
      requestsPerSecond: row.requestsPerSecond * demandFactor,
    })),
    // What was taken from history is so many times as high now.
    ...(input.demandFrom && {
      demandFrom: input.demandFrom.map((row) => ({ ...row, multiple: row.multiple * demandFactor })),
    }),
  };
}

/** Takes a cloud, one of its regions or one zone of that out, or back in. */
export function without(change: Change, accountId: string, region?: string, zone?: string): Change {
  if (region === undefined) {
    const out = change.accounts.includes(accountId);
    const accounts = change.accounts.filter((id) => id !== accountId);
    return { ...change, accounts: out ? accounts : [...accounts, accountId] };
  }
  const place: CloudRegion = { accountId, region, ...(zone === undefined ? {} : { zone }) };
  const rest = change.regions.filter((one) => !isSame(one, place));
  const out = rest.length < change.regions.length;
  return { ...change, regions: out ? rest : [...rest, place] };
}

type Zone = Readonly<{ region: string; zone: string; name: string }>;

/** Those that the plan may buy in, named with their region where two share a name; none where there is only one. */
export function zonesOf({ pools }: Pick<PlanBody, 'pools'>, accountId: string): readonly Zone[] {
  const own = pools.filter((pool) => pool.accountId === accountId);
  const zones = [...new Map(own.map(({ region, zone }) => [`${region} ${zone}`, { region, zone }])).values()];
  if (zones.length < 2) return [];
  const isAmbiguous = (zone: string) => zones.filter((one) => one.zone === zone).length > 1;
  return zones
    .map((place) => ({
      ...place,
      name: isAmbiguous(place.zone) ? `${place.region}/${place.zone}` : place.zone,
    }))
    .toSorted((a, b) => a.name.localeCompare(b.name));
}

/** Whether just this place was taken out; a zone is also out with its region. */
export function isOut({ regions }: Change, place: CloudRegion): boolean {
  return regions.some((one) => isSame(one, place));
}

function isSame(a: CloudRegion, b: CloudRegion): boolean {
  return a.accountId === b.accountId && a.region === b.region && a.zone === b.zone;
}
