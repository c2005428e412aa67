import { Input, Select } from 'antd';
import { MACHINE_STATES, routes, type MachineBody } from '@springtide/contracts';
import { Link, useSearchParams } from 'react-router';
import { useText } from '../../i18n/language.js';
import { useAnswer } from '../../shared/api/use-answer.js';
import { usePages } from '../../shared/api/use-pages.js';
import { useFormat } from '../../shared/format/format.js';
import { PagedGrid } from '../../shared/ui/grid.js';
import { Page } from '../../shared/ui/page.js';
import { useNow } from '../../shared/ui/use-now.js';
import { FreshnessList } from './freshness-list.js';
import { MachineState } from './machine-state.js';

const REFRESH_MS = 15_000;
const FILTERS = ['accountId', 'state', 'owned', 'search'] as const;
type Filter = (typeof FILTERS)[number];

/** The address of the page holds the filter, so that a view can be sent to somebody. */
export function MachinesPage() {
  const text = useText();
  const [search, setSearch] = useSearchParams();
  const query = Object.fromEntries(FILTERS.flatMap((name) => pairOf(name, search.get(name))));
  const change = (name: Filter, value: string): void => {
    const next = new URLSearchParams(search);
    if (value === '') next.delete(name);
    else next.set(name, value);
    setSearch(next, { replace: true });
  };
  return (
    <Page title={text('nav.machines')}>
      <FreshnessList />
      <FilterBar query={query} onChange={change} />
      <MachineGrid query={query} />
    </Page>
  );
}

function pairOf(name: Filter, value: string | null): [Filter, string][] {
  return value === null || value === '' ? [] : [[name, value]];
}

type FilterProps = Readonly<{
  query: Partial<Record<Filter, string>>;
  onChange: (name: Filter, value: string) => void;
}>;

function FilterBar({ query, onChange }: FilterProps) {
  const text = useText();
  const accounts = useAnswer(routes.accountList, { query: { limit: 200 } });
  return (
    <div className="filters" role="search" aria-label={text('machine.filters')}>
      <Select
        aria-label={text('machine.account')}
        value={query.accountId ?? ''}
        onChange={(value) => onChange('accountId', value)}
        options={[
          { value: '', label: text('machine.all-accounts') },
          ...(accounts.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name })),
        ]}
        className="filter"
      />
      <Select
        aria-label={text('common.state')}
        value={query.state ?? ''}
        onChange={(value) => onChange('state', value)}
        options={[
          { value: '', label: text('common.all-states') },
          ...MACHINE_STATES.map((value) => ({ value, label: text(`machine.state.${value}`) })),
        ]}
        className="filter"
      />
      <Select
        aria-label={text('machine.ownership')}
        value={query.owned ?? ''}
        onChange={(value) => onChange('owned', value)}
        options={[
          { value: '', label: text('machine.anyone') },
          { value: 'true', label: text('machine.ours') },
          { value: 'false', label: text('machine.others') },
        ]}
        className="filter"
      />
      <Input.Search
        aria-label={text('machine.search')}
        placeholder={text('machine.search')}
        defaultValue={query.search}
        allowClear
        onSearch={(value) => onChange('search', value.trim())}
        className="search"
      />
    </div>
  );
}

function MachineGrid({ query }: Readonly<{ query: Partial<Record<Filter, string>> }>) {
  const text = useText();
  const format = useFormat();
  const now = useNow(10_000);
  const pages = usePages(routes.machineList, { limit: 50, ...query }, REFRESH_MS);
  return (
    <PagedGrid
      label={text('nav.machines')}
      pages={pages}
      keyOf={(row) => row.id}
      empty={text('machine.none')}
      columns={[
        { key: 'name', title: text('common.name'), cell: (row) => <Name machine={row} /> },
        {
          key: 'state',
          title: text('common.state'),
          cell: (row) => <MachineState state={row.state} reason={row.stateReason} />,
        },
        { key: 'account', title: text('machine.account'), cell: (row) => row.accountName },
        { key: 'zone', title: text('common.zone'), cell: (row) => row.zone },
        { key: 'type', title: text('common.machine-type'), cell: (row) => row.machineType },
        {
          key: 'option',
          tight: true,
          title: text('common.option'),
          cell: (row) => text(`option.${row.purchaseOption}`),
        },
        {
          key: 'addresses',
          title: text('machine.addresses'),
          cell: (row) => row.addresses.join(', ') || '–',
        },
        {
          key: 'owner',
          title: text('machine.ownership'),
          cell: (row) =>
            row.ownership ? (row.ownership.service ?? text('machine.ours')) : text('machine.others'),
        },
        {
          key: 'seen',
          tight: true,
          title: text('machine.seen'),
          cell: (row) => format.ago(row.lastSeenAt, now),
        },
      ]}
    />
  );
}

function Name({ machine }: Readonly<{ machine: MachineBody }>) {
  return (
    <>
      <Link to={`/inventory/${machine.id}`}>{machine.name || machine.machineId}</Link>
      {machine.name !== '' && machine.name !== machine.machineId && (
        <div className="quiet">{machine.machineId}</div>
      )}
    </>
  );
}
