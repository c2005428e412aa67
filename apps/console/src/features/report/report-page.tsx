import { routes, type CampaignReport } from '@springtide/contracts';
import { useText } from '../../i18n/language.js';
import { useAnswer } from '../../shared/api/use-answer.js';
import { useFormat } from '../../shared/format/format.js';
import { Amount } from '../../shared/ui/amount.js';
import { Badge } from '../../shared/ui/badge.js';
import { Figures } from '../../shared/ui/figures.js';
import { Grid } from '../../shared/ui/grid.js';
import { Section } from '../../shared/ui/page.js';
import { useNow } from '../../shared/ui/use-now.js';
import { Waiting } from '../../shared/ui/waiting.js';
import { useCampaign } from '../campaigns/campaign-page.js';
import { AfterAction } from './after-action.js';
import { Story } from '../runs/story.js';

export function ReportPage() {
  const text = useText();
  const campaign = useCampaign();
  const started = campaign.currentRunId !== null;
  const answer = useAnswer(
    routes.campaignReport,
    { params: { id: campaign.id } },
    { enabled: started, everyMs: campaign.status === 'closed' ? undefined : 5_000 },
  );
  if (!started) return <p>{text('report.none')}</p>;
  return (
    <Waiting answer={answer}>
      {(report) => (
        <>
          <Headline report={report} />
          <Section title={text('report.phases')}>
            <PhaseTable report={report} />
          </Section>
          <AfterAction />
          <Section title={text('report.failures')}>
            <Failures report={report} />
          </Section>
          <Section title={text('run.story')}>
            <Story entries={report.timeline} />
          </Section>
        </>
      )}
    </Waiting>
  );
}

function Headline({ report }: Readonly<{ report: CampaignReport }>) {
  const text = useText();
  const format = useFormat();
  const { machines, cost, timeToReadySeconds: ready } = report;
  const closed = report.state === 'closed' || report.state === 'stuck';
  const verdict = machines.leftover + machines.duplicated === 0 ? 'good' : 'bad';
  const money = (amount: string): string => format.money({ currency: cost.currency, amount });
  const seconds = (value: number): string => text('common.seconds', { value: format.number(value) });
  return (
    <Figures
      items={[
        {
          label: text('report.cost'),
          value: <Amount value={{ currency: cost.currency, amount: cost.actual }} />,
          note: text('report.cost-note', { planned: money(cost.planned), budget: money(cost.budget) }),
        },
        {
          label: text('report.machines'),
          value: format.number(machines.created, 0),
          note: text('report.machines-note', { planned: machines.planned, refused: machines.refused }),
        },
        {
          label: text(closed ? 'report.leftover' : 'report.existing'),
          value: <Badge tone={closed ? verdict : 'busy'}>{format.number(machines.leftover, 0)}</Badge>,
          note: text('report.duplicated', { value: machines.duplicated }),
        },
        {
          label: text('report.ready'),
          value: ready ? seconds(ready.p50) : '–',
          note: ready
            ? text('report.ready-note', { p95: seconds(ready.p95), max: seconds(ready.max) })
            : undefined,
        },
      ]}
    />
  );
}

function PhaseTable({ report }: Readonly<{ report: CampaignReport }>) {
  const text = useText();
  const format = useFormat();
  const whole = (value: number): string => format.number(value, 0);
  return (
    <Grid
      label={text('report.phases')}
      rows={report.phases}
      keyOf={(row) => row.name}
      empty={text('report.no-phases')}
      columns={[
        { key: 'phase', title: text('common.phase'), cell: (row) => text(`phase.${row.name}`) },
        { key: 'demand', title: text('common.demand'), numeric: true, cell: (row) => whole(row.demandRps) },
        {
          key: 'planned',
          title: text('report.capacity-planned'),
          numeric: true,
          cell: (row) => whole(row.plannedCapacityRps),
        },
        {
          key: 'actual',
          title: text('report.capacity-ready'),
          numeric: true,
          cell: (row) => whole(row.readyCapacityRps),
        },
        {
          key: 'machines',
          title: text('report.machines-ready'),
          numeric: true,
          cell: (row) =>
            text('common.of', { value: whole(row.machinesReady), all: whole(row.machinesPlanned) }),
        },
        {
          key: 'met',
          title: text('common.state'),
          cell: (row) => <Verdict phase={row} />,
        },
      ]}
    />
  );
}

/** A phase that has not begun owes nothing yet. */
function Verdict({ phase }: Readonly<{ phase: CampaignReport['phases'][number] }>) {
  const text = useText();
  const format = useFormat();
  const now = useNow(5_000);
  const { phases } = useCampaign();
  const begins = phases.find(({ name }) => name === phase.name)?.startsAt;
  if (begins !== undefined && new Date(begins).getTime() > now) {
    return <Badge tone="idle">{text('report.not-begun')}</Badge>;
  }
  const short = phase.demandRps - phase.readyCapacityRps;
  if (short <= 0) return <Badge tone="good">{text('plan.covered')}</Badge>;
  return <Badge tone="bad">{text('plan.short', { value: format.number(short, 0) })}</Badge>;
}

function Failures({ report }: Readonly<{ report: CampaignReport }>) {
  const text = useText();
  const format = useFormat();
  return (
    <Grid
      label={text('report.failures')}
      rows={report.failuresByCause}
      keyOf={(row) => row.code}
      empty={text('report.no-failures')}
      columns={[
        { key: 'code', title: text('report.cause'), cell: (row) => <code>{row.code}</code> },
        {
          key: 'count',
          title: text('report.count'),
          numeric: true,
          cell: (row) => format.number(row.count, 0),
        },
      ]}
    />
  );
}
