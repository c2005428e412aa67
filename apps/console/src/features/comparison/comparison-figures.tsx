import type { PlanComparison, PlanSide } from '@springtide/contracts';
import type { ReactNode } from 'react';
import { useText } from '../../i18n/language.js';
import { useFormat } from '../../shared/format/format.js';
import { Amount } from '../../shared/ui/amount.js';
import { Grid } from '../../shared/ui/grid.js';
import { Difference } from './difference.js';
import { lowestShare } from './served-share.js';

type Row = Readonly<{ label: string; before: ReactNode; after: ReactNode; change: number; shown: string }>;
type Props = Readonly<{ comparison: PlanComparison; names: Readonly<{ before: string; after: string }> }>;

/** What counts, one plan beside the other. */
export function ComparisonFigures({ comparison, names }: Props) {
  const text = useText();
  const rows = useRows(comparison);
  return (
    <Grid
      label={text('compare.figures')}
      rows={rows}
      keyOf={(row) => row.label}
      empty=""
      columns={[
        { key: 'label', title: text('compare.figures'), cell: (row) => row.label },
        { key: 'before', title: names.before, numeric: true, cell: (row) => row.before },
        { key: 'after', title: names.after, numeric: true, cell: (row) => row.after },
        {
          key: 'change',
          title: text('compare.difference'),
          numeric: true,
          cell: (row) => <Difference value={row.change} shown={row.shown} />,
        },
      ]}
    />
  );
}

function useRows({ before, after, costDifference, phases }: PlanComparison): readonly Row[] {
  const text = useText();
  const format = useFormat();
  const counted = (label: string, pick: (side: PlanSide) => number): Row => ({
    label,
    before: format.number(pick(before), 0),
    after: format.number(pick(after), 0),
    change: pick(after) - pick(before),
    shown: format.difference(pick(after) - pick(before), 0),
  });
  const [was, is] = [lowestShare(phases, 'Before'), lowestShare(phases, 'After')];
  const gap = ({ gap: share }: PlanSide) => (share === null ? '–' : format.percent(share));
  const wider = (after.gap ?? 0) - (before.gap ?? 0);
  return [
    {
      label: text('compare.cost'),
      before: <Amount value={before.cost} />,
      after: <Amount value={after.cost} />,
      change: Number(costDifference.amount),
      shown: format.moneyDifference(costDifference),
    },
    counted(text('compare.machines'), (side) => side.peakMachines),
    {
      label: text('compare.served'),
      before: format.percent(was),
      after: format.percent(is),
      change: is - was,
      shown: format.percent(Math.abs(is - was)),
    },
    counted(text('compare.missing'), (side) => side.short),
    {
      label: text('compare.gap'),
      before: gap(before),
      after: gap(after),
      change: wider,
      shown: format.percent(Math.abs(wider)),
    },
  ];
}
