import type { RehearsalResult } from '@springtide/contracts';
import { useText, type Text } from '../../i18n/language.js';
import { useFormat, type Format } from '../../shared/format/format.js';
import { shareText } from './share-text.js';

/** Less than this is a finding; the server judges by the same. */
const WHOLE = 0.999;

/** Why it did not pass, in the reader's language where the figures say it; otherwise as the server wrote it. */
export function Findings({ result }: Readonly<{ result: RehearsalResult }>) {
  const text = useText();
  const format = useFormat();
  const told = toldByFigures({ text, format }, result);
  const isWhole = told.length === result.findings.length;
  return (
    <>
      <ul className="reasons" lang={isWhole ? undefined : 'en'}>
        {(isWhole ? told : result.findings).map((finding) => (
          <li key={finding}>{finding}</li>
        ))}
      </ul>
      <p>{text('rehearsal.finding.next')}</p>
    </>
  );
}

type Words = Readonly<{ text: Text; format: Format }>;

function toldByFigures({ text, format }: Words, { phases, machines, cost }: RehearsalResult): string[] {
  const short = phases
    .filter(({ servedShare }) => servedShare < WHOLE)
    .map((phase) =>
      text('rehearsal.finding.short', {
        phase: text(`phase.${phase.name}`),
        percent: shareText(format, phase.servedShare),
        minutes: format.number(Math.ceil(phase.shortMinutes), 0),
        asked: format.number(phase.demandRps, 0),
        planned: phase.plannedRps === null ? '–' : format.number(phase.plannedRps, 0),
      }),
    );
  const left =
    machines.leftover > 0
      ? [text('rehearsal.finding.leftover', { count: format.number(machines.leftover, 0) })]
      : [];
  const dear =
    Number(cost.actual.amount) > Number(cost.budget.amount)
      ? [
          text('rehearsal.finding.cost', {
            actual: format.money(cost.actual),
            budget: format.money(cost.budget),
          }),
        ]
      : [];
  return [...short, ...left, ...dear];
}
