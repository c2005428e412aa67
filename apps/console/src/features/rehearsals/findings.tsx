import type { RehearsalResult } from '@springtide/contracts';
import { useText, type Text } from '../../i18n/language.js';
import { useFormat, type Format } from '../../shared/format/format.js';
import { Told } from '../../shared/ui/told.js';
import { shareText } from './share-text.js';

/** Less than this is a finding; the worker judges by the same. */
const WHOLE = 0.999;

/** Why it did not pass, in the reader's language; of what older versions kept, where the figures say it. */
export function Findings({ result }: Readonly<{ result: RehearsalResult }>) {
  const text = useText();
  const format = useFormat();
  const { findings, findingSentences } = result;
  const byFigures = findingSentences === undefined ? toldByFigures({ text, format }, result) : [];
  return (
    <>
      <ul className="reasons">
        {findings.map((finding, place) => (
          <li key={finding}>
            {byFigures.length === findings.length ? (
              byFigures[place]
            ) : (
              <Told sentences={findingSentences?.slice(place, place + 1)} english={finding} />
            )}
          </li>
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
