import { Button } from 'antd';
import { routes, type CostReport } from '@springtide/contracts';
import { useState } from 'react';
import { useSession } from '../../app/session.js';
import { useText } from '../../i18n/language.js';
import { useAnswer } from '../../shared/api/use-answer.js';
import { useFormat } from '../../shared/format/format.js';
import { Amount } from '../../shared/ui/amount.js';
import { Figures } from '../../shared/ui/figures.js';
import { Section } from '../../shared/ui/page.js';
import { ProblemNote } from '../../shared/ui/problem-note.js';
import { Waiting } from '../../shared/ui/waiting.js';
import { useCampaign } from '../campaigns/campaign-page.js';
import { BillCheck } from './bill-check.js';
import { CostGroups, CostLines } from './cost-tables.js';
import { saveFile } from './save-file.js';

export function CostPage() {
  const text = useText();
  const format = useFormat();
  const campaign = useCampaign();
  const planned = campaign.currentPlanId !== null;
  const answer = useAnswer(
    routes.campaignCost,
    { params: { id: campaign.id } },
    { enabled: planned, everyMs: campaign.status === 'closed' ? undefined : 5_000 },
  );
  if (!planned) return <p>{text('cost.none')}</p>;
  return (
    <Waiting answer={answer}>
      {(report) => (
        <>
          <Headline report={report} />
          <BillCheck />
          <Section
            title={text('cost.lines')}
            aside={<Download campaignId={campaign.id} />}
            note={text('cost.basis', {
              basis: text(`cost.basis.${report.basis}`),
              at: format.instant(report.asOf, campaign.timeZone),
            })}
          >
            <CostLines report={report} />
          </Section>
          <Section title={text('cost.by-service')}>
            <CostGroups label={text('cost.by-service')} groups={report.byService} />
          </Section>
          <Section title={text('cost.by-phase')}>
            <CostGroups label={text('cost.by-phase')} groups={report.byPhase} phases />
          </Section>
          <Section title={text('cost.by-pool')}>
            <CostGroups label={text('cost.by-pool')} groups={report.byPool} />
          </Section>
        </>
      )}
    </Waiting>
  );
}

function Headline({ report }: Readonly<{ report: CostReport }>) {
  const text = useText();
  const format = useFormat();
  return (
    <>
      <Figures
        items={[
          {
            label: text('cost.actual'),
            value: <Amount value={report.actualToDate} />,
            note: text('cost.private', { amount: format.money(report.private.actualToDate) }),
          },
          {
            label: text('cost.planned'),
            value: <Amount value={report.planned} />,
            note: text('cost.private', { amount: format.money(report.private.planned) }),
          },
          {
            label: text('cost.projected'),
            value: <Amount value={report.projected} />,
            note: text('cost.private', { amount: format.money(report.private.projected) }),
          },
          { label: text('common.budget'), value: report.budget ? <Amount value={report.budget} /> : '–' },
          {
            label: text('cost.burn'),
            value: <Amount value={report.burnPerHour} rate />,
            note: text('cost.running', { count: report.runningMachines }),
          },
        ]}
      />
      {report.unratedMachines > 0 && (
        <p className="bad-text">{text('cost.unrated', { count: report.unratedMachines })}</p>
      )}
      {report.otherCurrencies.length > 0 && (
        <p className="bad-text">
          {text('cost.other-currencies', {
            amounts: report.otherCurrencies.map((amount) => format.money(amount)).join(text('common.list')),
          })}
        </p>
      )}
    </>
  );
}

function Download({ campaignId }: Readonly<{ campaignId: string }>) {
  const text = useText();
  const { client } = useSession();
  const [trouble, setTrouble] = useState<unknown>(null);
  const parts = { params: { id: campaignId }, query: { format: 'csv' as const } };
  const fetchFile = async (): Promise<void> => {
    try {
      saveFile(await client.text(routes.campaignCost, parts), `cost-${campaignId}.csv`, 'text/csv');
      setTrouble(null);
    } catch (error) {
      setTrouble(error);
    }
  };
  return (
    <>
      {trouble !== null && <ProblemNote error={trouble} />}
      <Button onClick={() => void fetchFile()}>{text('cost.csv')}</Button>
    </>
  );
}
