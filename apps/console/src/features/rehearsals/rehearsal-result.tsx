import type { RehearsalResult as Result, ReplayedSeries } from '@springtide/contracts';
import { useText } from '../../i18n/language.js';
import { useFormat } from '../../shared/format/format.js';
import { Amount } from '../../shared/ui/amount.js';
import { Badge } from '../../shared/ui/badge.js';
import { Figures } from '../../shared/ui/figures.js';
import { Grid } from '../../shared/ui/grid.js';
import { Told } from '../../shared/ui/told.js';
import { useCampaign } from '../campaigns/campaign-page.js';
import { Findings } from './findings.js';
import { shareText } from './share-text.js';
import { Twins } from './twins.js';

const TONES = { info: 'idle', warning: 'warn', problem: 'bad' } as const;

/** What came of a rehearsal. */
export function RehearsalResult({ result }: Readonly<{ result: Result }>) {
  const text = useText();
  return (
    <>
      {result.replay && <Replayed replay={result.replay} />}
      {!result.passed && (
        <>
          <h3>{text('rehearsal.findings')}</h3>
          <Findings result={result} />
        </>
      )}
      <Headline result={result} />
      <h3>{text('rehearsal.phases')}</h3>
      <Phases result={result} />
      <details>
        <summary>{text('rehearsal.twins')}</summary>
        <Twins twins={result.twins} />
      </details>
      <details>
        <summary>{text('rehearsal.story')}</summary>
        <Story result={result} />
      </details>
    </>
  );
}

function Replayed({ replay }: Readonly<{ replay: ReplayedSeries }>) {
  const text = useText();
  const format = useFormat();
  return (
    <p>
      {text(`rehearsal.replayed.${replay.aligned}`, {
        name: replay.name,
        multiple: format.number(replay.multiple, 2),
        highest: format.number(replay.highestRps, 0),
        planned: format.number(replay.plannedHighestRps, 0),
      })}
    </p>
  );
}

function Headline({ result }: Readonly<{ result: Result }>) {
  const text = useText();
  const format = useFormat();
  const { machines, cost, phases, timeToReadySeconds: ready } = result;
  const lowest = Math.min(1, ...phases.map(({ servedShare }) => servedShare));
  const seconds = (value: number): string => text('common.seconds', { value: format.number(value, 0) });
  return (
    <Figures
      items={[
        { label: text('rehearsal.lowest'), value: shareText(format, lowest) },
        {
          label: text('rehearsal.cost'),
          value: <Amount value={cost.actual} />,
          note: text('rehearsal.cost-note', {
            planned: format.money(cost.planned),
            budget: format.money(cost.budget),
          }),
        },
        {
          label: text('rehearsal.machines'),
          value: format.number(machines.created, 0),
          note: text('rehearsal.machines-note', {
            planned: format.number(machines.planned, 0),
            refused: format.number(machines.refused, 0),
          }),
        },
        { label: text('rehearsal.leftover'), value: format.number(machines.leftover, 0) },
        {
          label: text('rehearsal.ready'),
          value: ready ? seconds(ready.p50) : '–',
          note: ready
            ? text('report.ready-note', { p95: seconds(ready.p95), max: seconds(ready.max) })
            : undefined,
        },
        {
          label: text('rehearsal.lived-label'),
          value: text('rehearsal.lived', {
            hours: format.number(result.virtualHours, 1),
            seconds: format.number(result.realSeconds, 1),
          }),
        },
      ]}
    />
  );
}

function Phases({ result }: Readonly<{ result: Result }>) {
  const text = useText();
  const format = useFormat();
  return (
    <Grid
      label={text('rehearsal.phases')}
      rows={result.phases}
      keyOf={(row) => row.name}
      empty={text('compare.no-phases')}
      columns={[
        { key: 'phase', title: text('common.phase'), tight: true, cell: (row) => text(`phase.${row.name}`) },
        {
          key: 'demand',
          title: text('rehearsal.highest-demand'),
          numeric: true,
          cell: (row) => format.number(row.demandRps, 0),
        },
        {
          key: 'served',
          title: text('rehearsal.served'),
          numeric: true,
          cell: (row) => (
            <Badge tone={row.servedShare < 1 ? 'warn' : 'good'}>{shareText(format, row.servedShare)}</Badge>
          ),
        },
        {
          key: 'planned',
          title: text('rehearsal.planned-demand'),
          numeric: true,
          cell: (row) => (row.plannedRps === null ? '–' : format.number(row.plannedRps, 0)),
        },
        {
          key: 'planned-share',
          title: text('rehearsal.planned-share'),
          numeric: true,
          cell: (row) => (row.plannedShare === null ? '–' : shareText(format, row.plannedShare)),
        },
        {
          key: 'short',
          title: text('rehearsal.short-minutes'),
          numeric: true,
          cell: (row) => format.number(row.shortMinutes, 1),
        },
        {
          key: 'ready',
          title: text('rehearsal.machines-ready'),
          numeric: true,
          cell: (row) => format.number(row.machinesReady, 0),
        },
      ]}
    />
  );
}

function Story({ result }: Readonly<{ result: Result }>) {
  const { timeZone } = useCampaign();
  const text = useText();
  const format = useFormat();
  return (
    <div className="story-frame" role="region" aria-label={text('rehearsal.story')} tabIndex={0}>
      <ol className="story">
        {result.story.map(({ at, level, detail, sentences }, index) => (
          <li key={`${at} ${index}`} className={level}>
            <time dateTime={at}>{format.time(at, timeZone)}</time>
            <Badge tone={TONES[level]}>{text(`rehearsal.level.${level}`)}</Badge>
            <Told sentences={sentences} english={detail} timeZone={timeZone} />
          </li>
        ))}
      </ol>
    </div>
  );
}
