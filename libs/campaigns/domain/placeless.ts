import { capacityFor, imageFor, type MarketOffering, type TemplateService } from '@springtide/catalog/domain';
import type { Reason } from '@springtide/contracts';
import type { PlanQuestion, PlanSetup } from './plan-problem.js';

/** Things named in one sentence; the rest is counted. */
const MOST_NAMED = 4;

/**
 * Services that no offering of the plan's accounts can carry, and what would have to be there for them.
 * @param short names of the services that are short of machines: the others need none.
 */
export function placelessReasons(
  question: PlanQuestion,
  { sheets }: PlanSetup,
  short: ReadonlySet<string>,
): readonly Reason[] {
  const placed = new Set(sheets.map(({ service }) => service));
  return question.services
    .filter(({ name }) => short.has(name) && !placed.has(name))
    .map((service) => reasonFor(question, service));
}

function reasonFor({ market, accounts }: PlanQuestion, service: TemplateService): Reason {
  const { name } = service;
  const known = market.offerings.filter(({ accountId }) => accounts.some(({ id }) => id === accountId));
  if (known.length === 0) {
    const text = `Nothing is on offer in the accounts of this plan, so nobody can carry ${name}: choose other accounts, or have their markets read.`;
    return { code: 'placeless-no-offering', params: { service: name }, text };
  }
  const unmeasured = known.filter((offering) => capacityFor(service, offering) === undefined);
  if (unmeasured.length === known.length) {
    const types = listed(known.map(({ machineType }) => machineType));
    const text = `Nobody measured what one machine serves of ${name} on any type that is on offer (${types}): measure one of them (springtide capacity fit) and add it to the template’s capacity model.`;
    return { code: 'placeless-unmeasured', params: { service: name, types }, text };
  }
  const places = listed(placesWithoutImage({ accounts }, service, known));
  if (places !== '') {
    const text = `The template names no image of ${name} for ${places}: name one for the account, for its provider, or for all.`;
    return { code: 'placeless-no-image', params: { service: name, places }, text };
  }
  const text = `No offering that ${name} could run on has a price in the budget’s currency and machines in stock now.`;
  return { code: 'placeless-nothing-left', params: { service: name }, text };
}

function placesWithoutImage(
  { accounts }: Pick<PlanQuestion, 'accounts'>,
  service: TemplateService,
  offerings: readonly MarketOffering[],
): readonly string[] {
  return offerings.flatMap(({ accountId }) => {
    const account = accounts.find(({ id }) => id === accountId);
    if (account === undefined) return [];
    const image = imageFor(service, { provider: account.provider, account: account.name });
    return image === undefined ? [account.name] : [];
  });
}

function listed(names: readonly string[]): string {
  const all = [...new Set(names)].toSorted();
  const more = all.length > MOST_NAMED ? `, +${all.length - MOST_NAMED}` : '';
  return all.slice(0, MOST_NAMED).join(', ') + more;
}
