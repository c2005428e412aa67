import { Input, Select } from 'antd';
import { RESOURCE_SORTS, RESOURCE_TYPES, routes, type ResourceFilter } from '@springtide/contracts';
import { useText } from '../../i18n/language.js';
import { useAnswer } from '../../shared/api/use-answer.js';

export const FILTERS = [
  'type',
  'accountId',
  'region',
  'zone',
  'state',
  'service',
  'campaignId',
  'owned',
  'label',
  'search',
  'sort',
] as const satisfies readonly (keyof ResourceFilter)[];
export type Filter = (typeof FILTERS)[number];
export type Chosen = Partial<Record<Filter, string>>;

type Props = Readonly<{ chosen: Chosen; onChange: (name: Filter, value: string) => void }>;

/** What the list shows. Everything here is done by the server. */
export function InventoryFilters({ chosen, onChange }: Props) {
  const text = useText();
  const accounts = useAnswer(routes.accountList, { query: { limit: 200 } });
  return (
    <div className="filters" role="search" aria-label={text('machine.filters')}>
      <TypeFilter chosen={chosen} onChange={onChange} />
      <Select
        aria-label={text('machine.account')}
        value={chosen.accountId ?? ''}
        onChange={(value) => onChange('accountId', value)}
        options={[
          { value: '', label: text('machine.all-accounts') },
          ...(accounts.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name })),
        ]}
        className="filter"
      />
      <Select
        aria-label={text('machine.ownership')}
        value={chosen.owned ?? ''}
        onChange={(value) => onChange('owned', value)}
        options={[
          { value: '', label: text('machine.anyone') },
          { value: 'true', label: text('machine.ours') },
          { value: 'false', label: text('machine.others') },
        ]}
        className="filter"
      />
      <LabelFilter chosen={chosen} onChange={onChange} />
      <Select
        aria-label={text('inventory.sort')}
        value={chosen.sort ?? 'name'}
        onChange={(value) => onChange('sort', value === 'name' ? '' : value)}
        options={RESOURCE_SORTS.map((value) => ({ value, label: text(`inventory.sort.${value}`) }))}
        className="filter"
      />
      <Input.Search
        aria-label={text('inventory.search')}
        placeholder={text('inventory.search')}
        key={chosen.search ?? ''}
        defaultValue={chosen.search}
        allowClear
        onSearch={(value) => onChange('search', value.trim())}
        className="search"
      />
    </div>
  );
}

function TypeFilter({ chosen, onChange }: Props) {
  const text = useText();
  const { accountId } = chosen;
  const query = { by: 'type' as const, ...(accountId === undefined ? {} : { accountId }) };
  const counts = useAnswer(routes.resourceCount, { query }, { everyMs: 30_000 });
  const count = new Map(counts.data?.items.map((item) => [item.key, item.count]));
  return (
    <Select
      aria-label={text('inventory.type')}
      value={chosen.type ?? ''}
      onChange={(value) => onChange('type', value)}
      options={[
        { value: '', label: text('inventory.all-types') },
        ...RESOURCE_TYPES.map((value) => ({
          value,
          label: `${text(`type.${value}`)} (${count.get(value) ?? 0})`,
        })),
      ]}
      className="filter"
    />
  );
}

/** Offers the labels in use; several must all be there. */
function LabelFilter({ chosen, onChange }: Props) {
  const text = useText();
  const labels = useAnswer(routes.labelList, { query: {} });
  return (
    <Select
      mode="tags"
      aria-label={text('inventory.labels')}
      placeholder={text('inventory.labels')}
      value={chosen.label === undefined ? [] : chosen.label.split(',')}
      onChange={(values: string[]) =>
        onChange('label', values.map((one) => one.replaceAll(',', '')).join(','))
      }
      options={(labels.data?.items ?? []).map(({ key, value, count }) => {
        const label = `${key}=${value}`;
        return { value: label, label: `${label} (${count})` };
      })}
      className="wide-filter"
    />
  );
}
