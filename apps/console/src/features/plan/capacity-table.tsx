import type { PlanBody } from '@springtide/contracts';
import { useText } from '../../i18n/language.js';
import { useFormat } from '../../shared/format/format.js';
import { Badge } from '../../shared/ui/badge.js';
import { Grid } from '../../shared/ui/grid.js';

export function CapacityTable({ plan }: Readonly<{ plan: PlanBody }>) {
  const text = useText();
  const format = useFormat();
  return (
    <Grid
      label={text('plan.capacity')}
      rows={plan.capacity}
      keyOf={(row) => `${row.service} ${row.phase}`}
      empty={text('plan.no-capacity')}
      columns={[
        { key: 'service', title: text('common.service'), cell: (row) => row.service },
        { key: 'phase', title: text('common.phase'), cell: (row) => text(`phase.${row.phase}`) },
        {
          key: 'demand',
          title: text('common.demand'),
          numeric: true,
          cell: (row) => format.number(row.demand, 0),
        },
        {
          key: 'planned',
          title: text('plan.planned'),
          numeric: true,
          cell: (row) => format.number(row.planned, 0),
        },
        {
          key: 'verdict',
          title: text('common.state'),
          cell: (row) =>
            row.short > 0 ? (
              <Badge tone="bad">{text('plan.short', { value: format.number(row.short, 0) })}</Badge>
            ) : (
              <Badge tone="good">{text('plan.covered')}</Badge>
            ),
        },
      ]}
    />
  );
}
