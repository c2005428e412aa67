import type { RunBody } from '@springtide/contracts';
import { useText } from '../../i18n/language.js';
import { Amount } from '../../shared/ui/amount.js';
import { Grid } from '../../shared/ui/grid.js';

export function LeftoverTable({ leftovers }: Readonly<{ leftovers: RunBody['leftovers'] }>) {
  const text = useText();
  return (
    <Grid
      label={text('run.leftovers')}
      rows={leftovers}
      keyOf={(row, index) => `${row.machineId} ${index}`}
      empty={text('run.no-leftovers')}
      columns={[
        { key: 'machine', title: text('common.machine'), cell: (row) => <code>{row.machineId || '–'}</code> },
        { key: 'account', title: text('machine.account'), cell: (row) => row.account },
        { key: 'state', title: text('common.state'), cell: (row) => row.state },
        {
          key: 'cost',
          title: text('common.per-hour'),
          numeric: true,
          cell: (row) => <Amount value={row.costPerHour} rate />,
        },
      ]}
    />
  );
}
