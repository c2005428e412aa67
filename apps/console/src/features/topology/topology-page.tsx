import { Select } from 'antd';
import { routes, type TopologySummaryBody } from '@springtide/contracts';
import { useMemo } from 'react';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { useText } from '../../i18n/language.js';
import { useAnswer } from '../../shared/api/use-answer.js';
import { useFormat } from '../../shared/format/format.js';
import { Grid } from '../../shared/ui/grid.js';
import { Page, Section } from '../../shared/ui/page.js';
import { Waiting } from '../../shared/ui/waiting.js';
import { DriftList } from '../inventory/drift-list.js';
import { Graph } from './graph.js';

/** What there is of each type and how much of it hangs on what; of one account or of all. */
export function TopologyPage() {
  const text = useText();
  const [search, setSearch] = useSearchParams();
  const accountId = search.get('accountId') ?? '';
  const accounts = useAnswer(routes.accountList, { query: { limit: 200 } });
  const query = accountId === '' ? {} : { accountId };
  const summary = useAnswer(routes.topologySummary, { query }, { everyMs: 15_000 });
  return (
    <Page
      title={text('nav.topology')}
      aside={
        <Select
          aria-label={text('machine.account')}
          value={accountId}
          onChange={(value) => setSearch(value === '' ? {} : { accountId: value }, { replace: true })}
          options={[
            { value: '', label: text('machine.all-accounts') },
            ...(accounts.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name })),
          ]}
          className="filter"
        />
      }
    >
      <Waiting answer={summary}>{(data) => <Summary summary={data} accountId={accountId} />}</Waiting>
      <Section title={text('drift.title')} note={text('drift.note')}>
        <DriftList query={query} />
      </Section>
    </Page>
  );
}

type Props = Readonly<{ summary: TopologySummaryBody; accountId: string }>;

function Summary({ summary, accountId }: Props) {
  const text = useText();
  const format = useFormat();
  const go = useNavigate();
  const listOf = (type: string): string =>
    `/inventory?${new URLSearchParams(accountId === '' ? { type } : { type, accountId }).toString()}`;
  const nodes = useMemo(() => {
    const known = new Map(summary.types.map(({ type, count }) => [type, count]));
    const named = summary.relations.flatMap(({ from, to }) => [from, to]);
    return [...new Set([...known.keys(), ...named])].map((type) => {
      const count = known.get(type) ?? 0;
      return {
        key: type,
        label: `${text(`type.${type}`)} ${format.number(count, 0)}`,
        group: type,
        size: 18 + 8 * Math.log10(1 + count),
        missing: count === 0,
      };
    });
  }, [summary, text, format]);
  const edges = useMemo(
    () =>
      summary.relations.map(({ from, to, kind, count }) => ({
        from,
        to,
        label: `${text(`relation.${kind}`)} ${format.number(count, 0)}`,
      })),
    [summary, text, format],
  );
  return (
    <>
      <Graph
        title={text('topology.summary')}
        nodes={nodes}
        edges={edges}
        onOpen={(type) => void go(listOf(type))}
      />
      <Grid
        label={text('topology.summary')}
        rows={summary.relations}
        keyOf={(row) => `${row.from} ${row.kind} ${row.to}`}
        empty={text('topology.alone')}
        columns={[
          {
            key: 'from',
            title: text('topology.from'),
            cell: (row) => <Link to={listOf(row.from)}>{text(`type.${row.from}`)}</Link>,
          },
          { key: 'kind', title: text('topology.how'), cell: (row) => text(`relation.${row.kind}`) },
          {
            key: 'to',
            title: text('topology.to'),
            cell: (row) => <Link to={listOf(row.to)}>{text(`type.${row.to}`)}</Link>,
          },
          {
            key: 'count',
            numeric: true,
            title: text('topology.count'),
            cell: (row) => format.number(row.count, 0),
          },
        ]}
      />
    </>
  );
}
