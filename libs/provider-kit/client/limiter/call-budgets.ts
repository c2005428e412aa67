import type { CallPriority, CloudOperation, ProviderRates, RateBudget } from '../../contract/rates.js';
import type { Draw } from './admission.js';
import { RANKS, type Rank } from './rate-book.js';

export type Budgeted = Readonly<{
  operation: CloudOperation;
  kind: 'read' | 'mutate';
  region: string;
  /** How many machines the call asks for or names. */
  machines?: number;
}>;

/** The budgets that a call draws on. */
export function drawsOf(rates: ProviderRates, account: string, call: Budgeted): readonly Draw[] {
  const names = rates.operations?.[call.operation] ?? [call.kind];
  return names.map((name) => {
    const budget = budgetOf(rates, name);
    const cost = budget.counts === 'machines' ? Math.max(1, call.machines ?? 1) : 1;
    const region = budget.per === 'account' ? '*' : call.region;
    return { key: `${account}/${region}/${name}`, budget, cost };
  });
}

export function budgetOf(rates: ProviderRates, name: string): RateBudget {
  if (name === 'read' || name === 'mutate') return rates[name];
  const budget = rates.budgets?.[name];
  if (budget === undefined) throw new Error(`the manifest's rates have no budget "${name}"`);
  return budget;
}

/** Ending what costs is never kept waiting; within a campaign changes go before looking. */
export function rankOf(call: Pick<Budgeted, 'operation' | 'kind'>, priority?: CallPriority): Rank {
  const chosen = priority ?? (ENDS.has(call.operation) ? 'scale-back' : 'campaign');
  return chosen === 'campaign' ? RANKS[call.kind === 'mutate' ? 'change' : 'read'] : RANKS[chosen];
}

const ENDS: ReadonlySet<CloudOperation> = new Set<CloudOperation>([
  'terminate',
  'releaseSatellite',
  'deleteCluster',
]);
