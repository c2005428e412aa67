import type { CampaignInput } from '@springtide/contracts';
import { SpringtideError, decimal, toInstant } from '@springtide/kernel';

/** As it is kept: instants in UTC whatever zone they were written in, so that they compare as text. */
export function inUtc(input: CampaignInput): CampaignInput {
  const utc = (instant: string) => toInstant(new Date(instant));
  return {
    ...input,
    phases: input.phases.map(({ name, startsAt, endsAt }) => ({
      ...{ name, startsAt: utc(startsAt), endsAt: utc(endsAt) },
    })),
  };
}

/**
 * Rules that go beyond the shape of a campaign: phases follow each other, demand names known services and phases.
 * @throws invalid-argument with every problem at once.
 */
export function checkCampaign(input: CampaignInput, services: readonly string[], now: string): void {
  const problems = [
    ...phaseProblems(input, now),
    ...demandProblems(input, services),
    ...(decimal(input.budget.amount).lessThan(0) ? ['the budget is less than nothing'] : []),
  ];
  if (problems.length === 0) return;
  throw new SpringtideError('invalid-argument', `the campaign was not saved: ${problems.join('; ')}`, {
    nextStep: 'Correct these points and send it again.',
  });
}

function phaseProblems(input: CampaignInput, now: string): readonly string[] {
  const problems: string[] = [];
  const names = input.phases.map((phase) => phase.name);
  if (new Set(names).size !== names.length) problems.push('a phase is named twice');
  for (const [index, phase] of input.phases.entries()) {
    const starts = Date.parse(phase.startsAt);
    if (Date.parse(phase.endsAt) <= starts) problems.push(`${phase.name} ends before it starts`);
    const before = input.phases[index - 1];
    if (before !== undefined && Date.parse(before.endsAt) !== starts) {
      const what = Date.parse(before.endsAt) > starts ? 'they overlap' : 'there is a gap between them';
      problems.push(`${phase.name} does not start when ${before.name} ends: ${what}`);
    }
  }
  const end = input.phases.at(-1)?.endsAt ?? now;
  if (Date.parse(end) <= Date.parse(now)) problems.push('the campaign lies in the past');
  return problems;
}

function demandProblems(input: CampaignInput, services: readonly string[]): readonly string[] {
  const phases = new Set(input.phases.map((phase) => phase.name));
  const seen = new Set<string>();
  if (input.demand.length === 0) return ['there is no demand'];
  return input.demand.flatMap(({ service, phase }) => {
    const key = `${service}/${phase}`;
    const twice = seen.has(key);
    seen.add(key);
    return [
      ...(services.includes(service) ? [] : [`the template has no service "${service}"`]),
      ...(phases.has(phase) ? [] : [`there is demand for ${phase}, which is not one of the phases`]),
      ...(twice ? [`demand for ${key} is given twice`] : []),
    ];
  });
}
