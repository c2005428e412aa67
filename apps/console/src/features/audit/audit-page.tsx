import { Button } from 'antd';
import { routes, type AuditVerification } from '@springtide/contracts';
import { useText } from '../../i18n/language.js';
import { useAnswer } from '../../shared/api/use-answer.js';
import { usePages } from '../../shared/api/use-pages.js';
import { useFormat } from '../../shared/format/format.js';
import { Badge } from '../../shared/ui/badge.js';
import { Facts } from '../../shared/ui/figures.js';
import { PagedGrid } from '../../shared/ui/grid.js';
import { Page, Section } from '../../shared/ui/page.js';
import { Waiting } from '../../shared/ui/waiting.js';

const RESULT_TONES = { ok: 'good', refused: 'warn', failed: 'bad' } as const;

export function AuditPage() {
  const text = useText();
  const chain = useAnswer(routes.auditVerify, {});
  return (
    <Page title={text('nav.audit')}>
      <Section
        title={text('audit.chain')}
        note={text('audit.chain-note')}
        aside={
          <Button loading={chain.isFetching} onClick={() => void chain.refetch()}>
            {text('audit.verify')}
          </Button>
        }
      >
        <Waiting answer={chain}>{(result) => <Chain result={result} />}</Waiting>
      </Section>
      <Section title={text('audit.log')}>
        <Log />
      </Section>
    </Page>
  );
}

function Chain({ result }: Readonly<{ result: AuditVerification }>) {
  const text = useText();
  const format = useFormat();
  return (
    <Facts
      items={[
        {
          label: text('common.state'),
          value: (
            <Badge tone={result.intact ? 'good' : 'bad'}>
              {text(result.intact ? 'audit.intact' : 'audit.broken')}
            </Badge>
          ),
        },
        { label: text('audit.records'), value: format.number(result.records, 0) },
        { label: text('audit.unsealed'), value: format.number(result.unsealed, 0) },
        { label: text('audit.head'), wide: true, value: <code>{result.head ?? '–'}</code> },
        ...(result.brokenAt
          ? [
              {
                label: text('audit.broken-at'),
                value: <span lang="en">{`${result.brokenAt.seq}: ${result.brokenAt.why}`}</span>,
              },
            ]
          : []),
      ]}
    />
  );
}

function Log() {
  const text = useText();
  const format = useFormat();
  const pages = usePages(routes.auditList, { limit: 50 });
  return (
    <PagedGrid
      label={text('audit.log')}
      pages={pages}
      keyOf={(row) => row.id}
      empty={text('audit.none')}
      columns={[
        { key: 'at', title: text('common.time'), cell: (row) => format.instant(row.at) },
        { key: 'actor', title: text('audit.actor'), cell: (row) => row.actor.name },
        { key: 'action', title: text('audit.action'), cell: (row) => <code>{row.action}</code> },
        { key: 'target', title: text('audit.target'), cell: (row) => `${row.target.kind} ${row.target.id}` },
        {
          key: 'result',
          title: text('common.state'),
          cell: (row) => <Badge tone={RESULT_TONES[row.result]}>{text(`audit.result.${row.result}`)}</Badge>,
        },
        { key: 'request', title: text('problem.number'), cell: (row) => <code>{row.requestId}</code> },
      ]}
    />
  );
}
