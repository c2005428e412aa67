import type { CostGroup, CostReport } from '@springtide/contracts';
import { knownKey, useText } from '../../i18n/language.js';
import { useFormat } from '../../shared/format/format.js';
import { Amount } from '../../shared/ui/amount.js';
import { Grid } from '../../shared/ui/grid.js';

export function CostLines({ report }: Readonly<{ report: CostReport }>) {
  const text = useText();
  const format = useFormat();
  return (
    <Grid
      label={text('cost.lines')}
      rows={report.rows}
      keyOf={(row, index) => `${row.accountId} ${row.service} ${row.zone} ${row.machineType} ${index}`}
      empty={text('cost.no-lines')}
      columns={[
        { key: 'service', title: text('common.service'), cell: (row) => row.service },
        { key: 'account', title: text('machine.account'), cell: (row) => row.accountName },
        { key: 'zone', title: text('common.zone'), cell: (row) => row.zone },
        { key: 'type', title: text('common.machine-type'), cell: (row) => row.machineType },
        { key: 'option', title: text('common.option'), cell: (row) => text(`option.${row.purchaseOption}`) },
        {
          key: 'price',
          title: text('common.per-hour'),
          numeric: true,
          cell: (row) =>
            row.pricePerHour ? <Amount value={row.pricePerHour} rate /> : text('cost.unknown-price'),
        },
        {
          key: 'machines',
          title: text('common.machines'),
          numeric: true,
          cell: (row) => format.number(row.machines, 0),
        },
        {
          key: 'seconds',
          title: text('cost.seconds'),
          numeric: true,
          cell: (row) => format.number(row.seconds),
        },
        {
          key: 'amount',
          title: text('cost.amount'),
          numeric: true,
          cell: (row) => <Amount value={row.amount} />,
        },
      ]}
    />
  );
}

type GroupProps = Readonly<{ label: string; groups: readonly CostGroup[]; phases?: boolean }>;

export function CostGroups({ label, groups, phases = false }: GroupProps) {
  const text = useText();
  const nameOf = (key: string): string => {
    const known = phases ? knownKey(`phase.${key}`) : undefined;
    return known ? text(known) : key;
  };
  return (
    <Grid
      label={label}
      rows={groups}
      keyOf={(row) => row.key}
      empty={text('cost.no-lines')}
      columns={[
        { key: 'key', title: text('common.name'), cell: (row) => nameOf(row.key) },
        {
          key: 'planned',
          title: text('cost.planned'),
          numeric: true,
          cell: (row) => <Amount value={row.planned} />,
        },
        {
          key: 'actual',
          title: text('cost.actual'),
          numeric: true,
          cell: (row) => <Amount value={row.actualToDate} />,
        },
        {
          key: 'private-planned',
          title: text('cost.private-planned'),
          numeric: true,
          cell: (row) => <Amount value={row.privatePlanned} />,
        },
        {
          key: 'private-actual',
          title: text('cost.private-actual'),
          numeric: true,
          cell: (row) => <Amount value={row.privateActualToDate} />,
        },
      ]}
    />
  );
}
