import type { Draft } from './draft.js';
import { lengthMs, spansOf } from './draft.js';
import { demandFor, inputOf, isMultiple } from './draft-input.js';
import { instantOf, isZone } from './zone-time.js';

/** What is wrong with a field, where the console knows it before the server does. */
export type FaultCode =
  | 'missing'
  | 'choose'
  | 'zone'
  | 'no-such-time'
  | 'past'
  | 'no-phase'
  | 'length'
  | 'no-demand'
  | 'demand'
  | 'multiple'
  | 'minutes'
  | 'amount'
  | 'currency'
  | 'no-account'
  | 'no-start';

/** By field: the names of fields are those of the form's controls. */
export type Faults = ReadonlyMap<string, FaultCode>;

const AMOUNT = /^\d{1,18}(\.\d{1,20})?$/;
const CURRENCY = /^[A-Z]{3}$/;
const MOST_DEMAND = 100_000_000;

/** @param services of the template that is chosen. */
export function faultsOf(draft: Draft, services: readonly string[], nowMs: number): Faults {
  return new Map<string, FaultCode>([
    ...when(draft.name.trim() === '', 'name', 'missing'),
    ...timeFaults(draft, nowMs),
    ...when(draft.templateId === null, 'templateId', 'choose'),
    ...services.flatMap((service) => demandFaults(draft, service)),
    ...when(draft.templateId !== null && isWithoutDemand(draft, services), 'demand', 'no-demand'),
    ...when(!AMOUNT.test(draft.budget.trim()), 'budget', 'amount'),
    ...when(!CURRENCY.test(draft.currency), 'currency', 'currency'),
    ...when(draft.accountIds.length === 0, 'accountIds', 'no-account'),
    ...when(!isMinutes(draft.lateAfter), 'lateAfter', 'minutes'),
    ...when(draft.lateStart === 'skip' && draft.follows === 'strategies', 'lateStart', 'no-start'),
  ]);
}

type Found = readonly (readonly [string, FaultCode])[];

function when(wrong: boolean, field: string, code: FaultCode): Found {
  return wrong ? [[field, code]] : [];
}

function timeFaults(draft: Draft, nowMs: number): Found {
  const { timeZone, startsAt, phases } = draft;
  if (!isZone(timeZone)) return [['timeZone', 'zone']];
  const lengths = phases.flatMap((phase) =>
    when(lengthMs(phase) === undefined, `phase.${phase.name}`, 'length'),
  );
  const none = when(phases.length === 0, 'phases', 'no-phase');
  if (startsAt === '') return [['startsAt', 'missing'], ...none, ...lengths];
  if (instantOf(startsAt, timeZone) === undefined) return [['startsAt', 'no-such-time'], ...none, ...lengths];
  const end = spansOf(draft).at(-1)?.until ?? nowMs + 1;
  return [...when(lengths.length === 0 && end <= nowMs, 'startsAt', 'past'), ...none, ...lengths];
}

function demandFaults(draft: Draft, service: string): Found {
  const { from, typed, history } = demandFor(draft, service);
  if (from === 'typed') {
    return draft.phases.flatMap(({ name }) =>
      when(!isDemand(typed[name] ?? ''), `demand.${service}.${name}`, 'demand'),
    );
  }
  const begins = instantOf(history.startsAt, draft.timeZone);
  return [
    ...when(history.seriesId === null, `history.${service}.seriesId`, 'choose'),
    ...when(begins === undefined, `history.${service}.historyStartsAt`, 'no-such-time'),
    ...when(!isMultiple(history.multiple), `history.${service}.multiple`, 'multiple'),
  ];
}

const MOST_MINUTES = 10_080;

function isMinutes(text: string): boolean {
  const minutes = Number(text);
  return text.trim() !== '' && Number.isInteger(minutes) && minutes >= 1 && minutes <= MOST_MINUTES;
}

/** Nothing typed is none. */
function isDemand(text: string): boolean {
  const demand = Number(text);
  return demand >= 0 && demand <= MOST_DEMAND;
}

function isWithoutDemand(draft: Draft, services: readonly string[]): boolean {
  const byHistory = services.some((service) => demandFor(draft, service).from === 'history');
  return (
    !byHistory && inputOf(draft, services).demand.every(({ requestsPerSecond }) => requestsPerSecond === 0)
  );
}
