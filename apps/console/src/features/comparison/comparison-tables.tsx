import type { PlanComparison, PlanPool } from '@springtide/contracts';
import { useText } from '../../i18n/language.js';
import { useFormat } from '../../shared/format/format.js';
import { Grid, type Column } from '../../shared/ui/grid.js';
import { poolName } from '../plan/plan-reasons.js';
import { Difference } from './difference.js';
import { servedShare, type ComparedPhase } from './served-share.js';

type Names = Readonly<{ before: string; after: string }>;
type Props = Readonly<{ comparison: PlanComparison; names: Names }>;

/** Machines and served share of each phase, before and after. */
export function PhaseComparison({ comparison, names }: Props) {
  const text = useText();
  const format = useFormat();
  const machines = (value: (row: ComparedPhase) => number) => (row: ComparedPhase) =>
    format.number(value(row), 0);
  const share = (moment: 'Before' | 'After') => (row: ComparedPhase) =>
    format.percent(servedShare(row, moment));
  const column = (
    key: string,
    title: string,
    cell: Column<ComparedPhase>['cell'],
  ): Column<ComparedPhase> => ({ key, title, numeric: true, cell });
  const what = [text('compare.phase-machines'), text('compare.phase-served')] as const;
  return (
    <Grid
      label={text('compare.by-phase')}
      rows={comparison.phases}
      keyOf={(row) => row.phase}
      empty={text('compare.no-phases')}
      columns={[
        { key: 'phase', title: text('common.phase'), tight: true, cell: (row) => text(`phase.${row.phase}`) },
        column('demand', text('common.demand'), (row) => format.number(row.demandAfter, 0)),
        column(
          'm0',
          `${what[0]} · ${names.before}`,
          machines((row) => row.machinesBefore),
        ),
        column(
          'm1',
          `${what[0]} · ${names.after}`,
          machines((row) => row.machinesAfter),
        ),
        column('md', text('compare.difference'), (row) => {
          const change = row.machinesAfter - row.machinesBefore;
          return <Difference value={change} shown={format.difference(change, 0)} />;
        }),
        column('s0', `${what[1]} · ${names.before}`, share('Before')),
        column('s1', `${what[1]} · ${names.after}`, share('After')),
      ]}
    />
  );
}

type PoolProps = Props & Readonly<{ pools: readonly PlanPool[] }>;

/** Pools that give more or less than before; the largest move first. */
export function PoolComparison({ comparison, names, pools }: PoolProps) {
  const text = useText();
  const format = useFormat();
  return (
    <Grid
      label={text('compare.pools')}
      rows={comparison.pools}
      keyOf={(row) => row.poolId}
      empty={text('compare.no-pools')}
      columns={[
        { key: 'pool', title: text('compare.pool'), cell: (row) => poolName(pools, row.poolId) },
        {
          key: 'before',
          title: names.before,
          numeric: true,
          cell: (row) => format.number(row.machinesBefore, 0),
        },
        {
          key: 'after',
          title: names.after,
          numeric: true,
          cell: (row) => format.number(row.machinesAfter, 0),
        },
        {
          key: 'change',
          title: text('compare.difference'),
          numeric: true,
          cell: ({ machinesBefore, machinesAfter }) => {
            const change = machinesAfter - machinesBefore;
            return <Difference value={change} shown={format.difference(change, 0)} />;
          },
        },
      ]}
    />
  );
}
