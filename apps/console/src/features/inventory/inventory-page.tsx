import { routes, type ResourceBody, type ResourceFilter } from '@springtide/contracts';
import { Link, useSearchParams } from 'react-router';
import { useText } from '../../i18n/language.js';
import { usePages } from '../../shared/api/use-pages.js';
import { useFormat } from '../../shared/format/format.js';
import { PagedGrid } from '../../shared/ui/grid.js';
import { Page } from '../../shared/ui/page.js';
import { useNow } from '../../shared/ui/use-now.js';
import { FILTERS, InventoryFilters, type Chosen, type Filter } from './inventory-filters.js';
import { InventoryFreshness } from './inventory-freshness.js';
import { ResourceState } from './resource-state.js';
import { SavedViews } from './saved-views.js';

const REFRESH_MS = 15_000;

/** Everything in all clouds. The address of the page holds the filter, so that a view can be sent to somebody. */
export function InventoryPage() {
  const text = useText();
  const [search, setSearch] = useSearchParams();
  const chosen = chosenIn(search);
  const change = (name: Filter, value: string): void => {
    const next = new URLSearchParams(search);
    if (value === '') next.delete(name);
    else next.set(name, value);
    setSearch(next, { replace: true });
  };
  const choose = (query: ResourceFilter): void => {
    setSearch(Object.fromEntries(Object.entries(query)) as Record<string, string>);
  };
  return (
    <Page title={text('nav.inventory')}>
      <SavedViews chosen={chosen as ResourceFilter} onChoose={choose} />
      <InventoryFilters chosen={chosen} onChange={change} />
      <ResourceGrid chosen={chosen} />
      <InventoryFreshness accountId={chosen.accountId} />
    </Page>
  );
}

function chosenIn(search: URLSearchParams): Chosen {
  const pairs = FILTERS.map((name) => [name, search.get(name) ?? ''] as const);
  return Object.fromEntries(pairs.filter(([, value]) => value !== ''));
}

function ResourceGrid({ chosen }: Readonly<{ chosen: Chosen }>) {
  const text = useText();
  const format = useFormat();
  const now = useNow(10_000);
  const pages = usePages(routes.resourceList, { limit: 50, ...chosen }, REFRESH_MS);
  return (
    <PagedGrid
      label={text('nav.inventory')}
      pages={pages}
      keyOf={(row) => row.id}
      empty={text('inventory.none')}
      columns={[
        { key: 'name', title: text('common.name'), cell: (row) => <Name resource={row} /> },
        { key: 'type', tight: true, title: text('inventory.type'), cell: (row) => text(`type.${row.type}`) },
        { key: 'state', title: text('common.state'), cell: (row) => <ResourceState state={row.state} /> },
        { key: 'account', title: text('machine.account'), cell: (row) => row.accountName },
        { key: 'zone', title: text('common.zone'), cell: (row) => row.zone ?? row.region },
        {
          key: 'labels',
          title: text('inventory.labels'),
          cell: (row) =>
            Object.entries(row.labels)
              .map(([key, value]) => `${key}=${value}`)
              .join(', ') || '–',
        },
        {
          key: 'owner',
          title: text('machine.ownership'),
          cell: (row) => text(row.ownership === null ? 'machine.others' : 'machine.ours'),
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

function Name({ resource }: Readonly<{ resource: ResourceBody }>) {
  return (
    <>
      <Link to={`/inventory/${resource.id}`}>{resource.name || resource.resourceId}</Link>
      {resource.name !== '' && resource.name !== resource.resourceId && (
        <div className="quiet">{resource.resourceId}</div>
      )}
    </>
  );
}
