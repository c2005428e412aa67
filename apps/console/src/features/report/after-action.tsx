import { Alert, Button } from 'antd';
import { routes, type AfterActionReport, type StoredReport } from '@springtide/contracts';
import { useState } from 'react';
import { useSession } from '../../app/session.js';
import { knownKey, useLanguage, useText } from '../../i18n/language.js';
import { useAnswer, useCommand } from '../../shared/api/use-answer.js';
import { useFormat } from '../../shared/format/format.js';
import { Amount } from '../../shared/ui/amount.js';
import { Grid } from '../../shared/ui/grid.js';
import { Section } from '../../shared/ui/page.js';
import { ProblemNote } from '../../shared/ui/problem-note.js';
import { Waiting } from '../../shared/ui/waiting.js';
import { useCampaign } from '../campaigns/campaign-page.js';
import { saveFile } from '../cost/save-file.js';
import { ReportChart } from './report-chart.js';
import { Signatures } from './signatures.js';

/** What is kept and signed; while the run goes on, how it looks now. */
export function AfterAction() {
  const text = useText();
  const campaign = useCampaign();
  const params = { id: campaign.id };
  const everyMs = campaign.status === 'closed' ? undefined : 15_000;
  const answer = useAnswer(routes.reportGet, { params }, { everyMs });
  return (
    <Waiting answer={answer}>
      {(stored) => (
        <>
          <Kept stored={stored} />
          <Section title={text('after.curves')}>
            {stored.content.curves.map((curve) => (
              <ReportChart key={curve.service} curve={curve} />
            ))}
          </Section>
          <Causes report={stored.content} />
          <Fallbacks report={stored.content} />
          <Suggestions report={stored.content} />
          <Signatures stored={stored} />
        </>
      )}
    </Waiting>
  );
}

function Kept({ stored }: Readonly<{ stored: StoredReport }>) {
  const text = useText();
  const format = useFormat();
  const { id, timeZone } = useCampaign();
  const keep = useCommand(routes.reportStore);
  const { revision, createdAt, content } = stored;
  const kept = revision !== null && createdAt !== null;
  const waits = !kept && content.closedAt !== null;
  return (
    <Section
      title={text('after.title')}
      note={
        kept
          ? text('after.kept', { revision, at: format.instant(createdAt, timeZone) })
          : text(waits ? 'after.not-kept' : 'after.live')
      }
      aside={
        <>
          {waits && (
            <Button loading={keep.isPending} onClick={() => keep.mutate({ params: { id } })}>
              {text('after.keep')}
            </Button>
          )}
          <Download />
        </>
      }
    >
      {keep.error && <ProblemNote error={keep.error} />}
      {!stored.intact && <Alert type="error" showIcon role="alert" title={text('after.tampered')} />}
      <p className="quiet">
        {text('after.hash')} <code>{stored.hash}</code>
      </p>
    </Section>
  );
}

function Download() {
  const text = useText();
  const language = useLanguage();
  const { id } = useCampaign();
  const { client } = useSession();
  const [trouble, setTrouble] = useState<unknown>(null);
  const fetchFile = async (): Promise<void> => {
    try {
      const file = await client.file(routes.reportPdf, { params: { id }, query: { language } });
      saveFile(file, `report-${id}-${language}.pdf`, 'application/pdf');
      setTrouble(null);
    } catch (error) {
      setTrouble(error);
    }
  };
  return (
    <>
      {trouble !== null && <ProblemNote error={trouble} />}
      <Button onClick={() => void fetchFile()}>{text('after.pdf')}</Button>
    </>
  );
}

function Causes({ report }: Readonly<{ report: AfterActionReport }>) {
  const text = useText();
  const format = useFormat();
  const { currency, byCause } = report.cost;
  return (
    <Section title={text('after.by-cause')}>
      <Grid
        label={text('after.by-cause')}
        rows={byCause}
        keyOf={(row) => row.cause}
        empty={text('after.no-cost')}
        columns={[
          { key: 'cause', title: text('report.cause'), cell: (row) => text(`after.cost.${row.cause}`) },
          {
            key: 'machines',
            title: text('common.machines'),
            numeric: true,
            cell: (row) => format.number(row.machines, 0),
          },
          {
            key: 'bought',
            title: text('after.bought'),
            numeric: true,
            cell: (row) => <Amount value={{ currency, amount: row.bought }} />,
          },
          {
            key: 'private',
            title: text('after.private'),
            numeric: true,
            cell: (row) => <Amount value={{ currency, amount: row.private }} />,
          },
        ]}
      />
    </Section>
  );
}

function Fallbacks({ report }: Readonly<{ report: AfterActionReport }>) {
  const text = useText();
  const format = useFormat();
  return (
    <Section title={text('after.fallbacks')}>
      <Grid
        label={text('after.fallbacks')}
        rows={report.fallbacks}
        keyOf={(row) => `${row.service} ${row.pool}`}
        empty={text('after.no-fallbacks')}
        columns={[
          { key: 'service', title: text('common.service'), cell: (row) => row.service },
          { key: 'pool', title: text('after.pool'), cell: (row) => row.pool },
          {
            key: 'machines',
            title: text('common.machines'),
            numeric: true,
            cell: (row) => format.number(row.machines, 0),
          },
          {
            key: 'capacity',
            title: text('after.capacity'),
            numeric: true,
            cell: (row) => format.number(row.requestsPerSecond, 0),
          },
          {
            key: 'cost',
            title: text('cost.amount'),
            numeric: true,
            cell: (row) => <Amount value={row.cost} />,
          },
        ]}
      />
    </Section>
  );
}

function Suggestions({ report }: Readonly<{ report: AfterActionReport }>) {
  const text = useText();
  return (
    <Section title={text('after.suggestions')}>
      {report.suggestions.length === 0 && <p className="quiet">{text('after.no-suggestions')}</p>}
      <ul className="reasons">
        {report.suggestions.map((reason, index) => {
          const key = knownKey(`after.say.${reason.code}`);
          return <li key={`${reason.code} ${index}`}>{key ? text(key, reason.params) : reason.text}</li>;
        })}
      </ul>
    </Section>
  );
}
