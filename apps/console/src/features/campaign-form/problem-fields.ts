import type { CampaignInput, ProblemBody } from '@springtide/contracts';

type FieldError = NonNullable<ProblemBody['errors']>[number];

export type ProblemFields = Readonly<{
  /** What the server says of a field, by the form's name of it. */
  byField: ReadonlyMap<string, string>;
  /** What belongs to no field that can be seen. */
  rest: readonly FieldError[];
}>;

/** Fields of which the form has one control, under the name that the interface gives them. */
const WHOLE = [
  ...['name', 'templateId', 'timeZone', 'phases', 'demand', 'accountIds'],
  ...['policy', 'readiness', 'rehearsal', 'belowPlan', 'follows'],
];

/** Leads every place that the server found wrong in what was sent to the control that it was entered in. */
export function problemFields(errors: readonly FieldError[], sent: CampaignInput): ProblemFields {
  const byField = new Map<string, string>();
  const rest: FieldError[] = [];
  for (const error of errors) {
    const field = fieldOf(error.path.split('.'), sent);
    if (field === undefined) rest.push(error);
    else
      byField.set(field, [byField.get(field), error.message].filter((one) => one !== undefined).join('; '));
  }
  return { byField, rest };
}

function fieldOf([first = '', second = '', third = '']: readonly string[], sent: CampaignInput) {
  const at = second === '' ? Number.NaN : Number(second);
  if (first === 'budget') return second === 'currency' ? 'currency' : 'budget';
  if (first === 'lateStart') return second === 'afterMinutes' ? 'lateAfter' : 'lateStart';
  const phase = first === 'phases' ? sent.phases[at] : undefined;
  if (phase) return at === 0 && third === 'startsAt' ? 'startsAt' : `phase.${phase.name}`;
  const row = first === 'demand' ? sent.demand[at] : undefined;
  if (row) return `demand.${row.service}.${row.phase}`;
  const reference = first === 'demandFrom' ? sent.demandFrom?.[at] : undefined;
  if (reference) return historyField(reference.service, third);
  return WHOLE.includes(first) ? first : undefined;
}

function historyField(service: string, part: string): string {
  const known = part === 'historyStartsAt' || part === 'multiple';
  return `history.${service}.${known ? part : 'seriesId'}`;
}
