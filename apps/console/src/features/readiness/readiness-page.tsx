import { Button } from 'antd';
import { routes, type CampaignReadiness, type ReadinessBody } from '@springtide/contracts';
import { useText } from '../../i18n/language.js';
import { useAnswer, useCommand } from '../../shared/api/use-answer.js';
import { useFormat } from '../../shared/format/format.js';
import { Figures } from '../../shared/ui/figures.js';
import { Grid } from '../../shared/ui/grid.js';
import { Section } from '../../shared/ui/page.js';
import { ProblemNote } from '../../shared/ui/problem-note.js';
import { Waiting } from '../../shared/ui/waiting.js';
import { useCampaign } from '../campaigns/campaign-page.js';
import { ReadinessLines } from './readiness-lines.js';
import { VerdictBadge } from './verdict-badge.js';
import { useSentence } from './sentence.js';

const REFRESH_MS = 15_000;

export function ReadinessPage() {
  const text = useText();
  const campaign = useCampaign();
  const params = { id: campaign.id };
  const answer = useAnswer(routes.readinessGet, { params }, { everyMs: REFRESH_MS });
  const check = useCommand(routes.readinessCheck);
  if (campaign.currentPlanId === null) return <p>{text('readiness.no-plan')}</p>;
  return (
    <Waiting answer={answer}>
      {(readiness) => (
        <>
          <Section
            title={text('campaign.part.readiness')}
            note={text(`readiness.gate.${readiness.gate}`)}
            aside={
              <Button type="primary" loading={check.isPending} onClick={() => check.mutate({ params })}>
                {text('readiness.check-now')}
              </Button>
            }
          >
            {check.error && <ProblemNote error={check.error} />}
            <p className="quiet">{text('readiness.check-note')}</p>
            {readiness.latest ? <Headline latest={readiness.latest} /> : <p>{text('readiness.never')}</p>}
          </Section>
          {readiness.latest && <Findings latest={readiness.latest} />}
          <History readiness={readiness} />
        </>
      )}
    </Waiting>
  );
}

function Headline({ latest }: Readonly<{ latest: ReadinessBody }>) {
  const text = useText();
  const format = useFormat();
  const { timeZone } = useCampaign();
  return (
    <Figures
      items={[
        { label: text('readiness.verdict'), value: <VerdictBadge verdict={latest.verdict} /> },
        { label: text('readiness.blocking'), value: format.number(latest.blocking, 0) },
        {
          label: text('readiness.checked'),
          value: format.time(latest.checkedAt, timeZone),
          note: text('readiness.checked-by', { by: latest.checkedBy }),
        },
        ...(['red', 'amber', 'unknown', 'green'] as const).map((verdict) => ({
          label: text(`readiness.verdict.${verdict}`),
          value: format.number(latest[verdict], 0),
        })),
      ]}
    />
  );
}

function Findings({ latest }: Readonly<{ latest: ReadinessBody }>) {
  const text = useText();
  const format = useFormat();
  const sentence = useSentence();
  const { timeZone } = useCampaign();
  return (
    <>
      <Section title={text('readiness.findings')} note={text('readiness.findings-note')}>
        <ReadinessLines lines={latest.lines} />
        <p className="quiet">
          {text('readiness.fresh-until', { at: format.instant(latest.freshUntil, timeZone) })} ·{' '}
          {text('readiness.hash')} <code>{latest.hash}</code>
        </p>
      </Section>
      {latest.notNeeded.length > 0 && (
        <Section title={text('readiness.not-needed')}>
          <ul className="reasons">
            {latest.notNeeded.map(({ check, reason }) => (
              <li key={check}>
                <strong>{text(`readiness.check.${check}`)}</strong> {sentence(reason)}
              </li>
            ))}
          </ul>
        </Section>
      )}
    </>
  );
}

function History({ readiness }: Readonly<{ readiness: CampaignReadiness }>) {
  const text = useText();
  const format = useFormat();
  const { timeZone } = useCampaign();
  return (
    <Section title={text('readiness.history')}>
      <Grid
        label={text('readiness.history')}
        rows={readiness.history}
        keyOf={(row) => row.id}
        empty={text('readiness.never')}
        columns={[
          {
            key: 'at',
            title: text('readiness.checked'),
            cell: (row) => format.instant(row.checkedAt, timeZone),
          },
          { key: 'by', title: text('audit.actor'), cell: (row) => row.checkedBy },
          {
            key: 'verdict',
            title: text('readiness.verdict'),
            cell: (row) => <VerdictBadge verdict={row.verdict} />,
          },
          {
            key: 'blocking',
            title: text('readiness.blocking'),
            numeric: true,
            cell: (row) => format.number(row.blocking, 0),
          },
          { key: 'hash', title: text('readiness.hash'), cell: (row) => <code>{row.hash.slice(0, 12)}</code> },
        ]}
      />
    </Section>
  );
}
