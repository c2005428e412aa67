import type { CampaignInput, Phase } from '@springtide/contracts';
import { SpringtideError, decimal, toInstant, type WrongPlace } from '@springtide/kernel';

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
 * @throws invalid-argument with every problem at once, each with its place.
 */
export function checkCampaign(input: CampaignInput, services: readonly string[], now: string): void {
  const places = [
    ...phaseProblems(input, now),
    ...demandProblems(input, services),
    ...(decimal(input.budget.amount).lessThan(0)
      ? [{ path: 'budget.amount', message: 'the budget is less than nothing' }]
      : []),
  ];
  if (places.length === 0) return;
  const problems = places.map(({ message }) => message).join('; ');
  throw new SpringtideError('invalid-argument', `the campaign was not saved: ${problems}`, {
    nextStep: 'Correct these points and send it again.',
    places,
  });
}

function phaseProblems({ phases }: CampaignInput, now: string): readonly WrongPlace[] {
  const found = phases.flatMap((phase, index) => {
    const before = phases[index - 1];
    return [
      ...(phases.findIndex(({ name }) => name === phase.name) < index
        ? [{ path: `phases.${index}.name`, message: `a phase is named twice: ${phase.name}` }]
        : []),
      ...(Date.parse(phase.endsAt) <= Date.parse(phase.startsAt)
        ? [{ path: `phases.${index}.endsAt`, message: `${phase.name} ends before it starts` }]
        : []),
      ...(before === undefined ? [] : joint(before, phase, `phases.${index}.startsAt`)),
    ];
  });
  const end = phases.at(-1)?.endsAt ?? now;
  if (Date.parse(end) > Date.parse(now)) return found;
  return [...found, { path: `phases.${phases.length - 1}.endsAt`, message: 'the campaign lies in the past' }];
}

function joint(before: Phase, phase: Phase, path: string): readonly WrongPlace[] {
  const ends = Date.parse(before.endsAt);
  const starts = Date.parse(phase.startsAt);
  if (ends === starts) return [];
  const what = ends > starts ? 'they overlap' : 'there is a gap between them';
  return [{ path, message: `${phase.name} does not start when ${before.name} ends: ${what}` }];
}

function demandProblems(input: CampaignInput, services: readonly string[]): readonly WrongPlace[] {
  const phases = new Set(input.phases.map((phase) => phase.name));
  const seen = new Set<string>();
  if (input.demand.length === 0) return [{ path: 'demand', message: 'there is no demand' }];
  return input.demand.flatMap(({ service, phase }, index) => {
    const key = `${service}/${phase}`;
    const twice = seen.has(key);
    seen.add(key);
    const at = (part: string, message: string) => ({ path: `demand.${index}.${part}`, message });
    return [
      ...(services.includes(service) ? [] : [at('service', `the template has no service "${service}"`)]),
      ...(phases.has(phase)
        ? []
        : [at('phase', `there is demand for ${phase}, which is not one of the phases`)]),
      ...(twice ? [at('service', `demand for ${key} is given twice`)] : []),
    ];
  });
}
