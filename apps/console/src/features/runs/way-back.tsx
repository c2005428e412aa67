import { Button } from 'antd';
import { routes, type RunBody, type RunCommand } from '@springtide/contracts';
import { useText } from '../../i18n/language.js';
import { useCommand } from '../../shared/api/use-answer.js';
import { useFormat } from '../../shared/format/format.js';
import { Amount } from '../../shared/ui/amount.js';
import { Badge, type Tone } from '../../shared/ui/badge.js';
import { Grid } from '../../shared/ui/grid.js';
import { Section } from '../../shared/ui/page.js';
import { ProblemNote } from '../../shared/ui/problem-note.js';
import { Told } from '../../shared/ui/told.js';
import { useCampaign } from '../campaigns/campaign-page.js';

type Back = NonNullable<RunBody['wayBack']>;
type Phase = Back['phases'][number];

const TONES: Readonly<Record<Phase['state'], Tone>> = {
  ahead: 'idle',
  working: 'busy',
  held: 'warn',
  done: 'good',
  overdue: 'bad',
  skipped: 'warn',
};

/** The way back phase by phase: what each waits for, until when, and what a person may do about it. */
export function WayBack({ run, back }: Readonly<{ run: RunBody; back: Back }>) {
  const text = useText();
  const format = useFormat();
  const { timeZone } = useCampaign();
  const command = useCommand(routes.runCommand);
  const send = (body: RunCommand): void =>
    command.mutate({ params: { id: run.id }, body, ifMatch: run.version });
  return (
    <Section title={text('back.title')} note={text('back.note')}>
      {command.error && <ProblemNote error={command.error} />}
      <Grid
        label={text('back.title')}
        rows={back.phases}
        keyOf={(row) => row.name}
        empty={text('back.title')}
        columns={[
          { key: 'phase', title: text('back.phase'), cell: (row) => text(`back.phase.${row.name}`) },
          {
            key: 'state',
            title: text('common.state'),
            tight: true,
            cell: (row) => <Badge tone={TONES[row.state]}>{text(`back.state.${row.state}`)}</Badge>,
          },
          {
            key: 'deadline',
            title: text('back.deadline'),
            cell: (row) => (row.deadline === null ? '–' : format.instant(row.deadline, timeZone)),
          },
          {
            key: 'waits',
            title: text('back.waits-for'),
            cell: (row) => (
              <Told sentences={row.waitsForSentences} english={row.waitsFor} timeZone={timeZone} />
            ),
          },
          {
            key: 'hands',
            title: text('back.hands'),
            cell: (row) => run.closedAt === null && <Hands row={row} busy={command.isPending} send={send} />,
          },
        ]}
      />
      <Obstacles back={back} />
      <Leftovers back={back} />
    </Section>
  );
}

type HandsProps = Readonly<{ row: Phase; busy: boolean; send: (body: RunCommand) => void }>;

function Hands({ row, busy, send }: HandsProps) {
  const text = useText();
  const { name: at, state, hold } = row;
  const open = state === 'ahead' || state === 'working' || state === 'held';
  if (!open) return null;
  return (
    <div className="actions">
      {hold === null && (
        <Button
          size="small"
          disabled={busy}
          onClick={() => send({ command: 'hold', at, minutes: 60, reason: '' })}
        >
          {text('back.hold')}
        </Button>
      )}
      {hold !== null && (
        <Button size="small" disabled={busy} onClick={() => send({ command: 'go-on', at })}>
          {text('back.go-on')}
        </Button>
      )}
      {state === 'working' && at !== 'proof' && at !== 'bill-check' && (
        <Button size="small" disabled={busy} onClick={() => send({ command: 'skip-waiting', at })}>
          {text('back.skip')}
        </Button>
      )}
    </div>
  );
}

function Obstacles({ back }: Readonly<{ back: Back }>) {
  const text = useText();
  const format = useFormat();
  const { timeZone } = useCampaign();
  if (back.obstacles.length === 0) return null;
  return (
    <Grid
      label={text('back.obstacles')}
      rows={back.obstacles}
      keyOf={(row) => `${row.accountId} ${row.region}`}
      empty={text('back.obstacles')}
      columns={[
        { key: 'account', title: text('back.obstacles'), cell: (row) => `${row.account} (${row.region})` },
        { key: 'since', title: text('stuck.since'), cell: (row) => format.instant(row.since, timeZone) },
        {
          key: 'tries',
          title: text('back.tries'),
          numeric: true,
          cell: (row) => format.number(row.tries, 0),
        },
        {
          key: 'next',
          title: text('back.next-try'),
          cell: (row) => (row.nextTry === null ? text('back.person') : format.instant(row.nextTry, timeZone)),
        },
        { key: 'why', title: text('stuck.why'), cell: (row) => <span lang="en">{row.message}</span> },
      ]}
    />
  );
}

function Leftovers({ back }: Readonly<{ back: Back }>) {
  const text = useText();
  if (back.leftovers.length === 0) return null;
  return (
    <Grid
      label={text('back.leftovers')}
      rows={back.leftovers}
      keyOf={(row) => row.id}
      empty={text('run.no-leftovers')}
      columns={[
        { key: 'id', title: text('back.leftovers'), cell: (row) => <code>{row.id}</code> },
        { key: 'account', title: text('machine.account'), cell: (row) => row.account },
        { key: 'state', title: text('common.state'), cell: (row) => row.state },
        {
          key: 'cost',
          title: text('common.per-hour'),
          numeric: true,
          cell: (row) =>
            row.costPerHour === null ? text('back.unknown-price') : <Amount value={row.costPerHour} rate />,
        },
      ]}
    />
  );
}
