import { PHASE_NAMES, type PlanBody, type PlanPool } from '@springtide/contracts';
import { useText } from '../../i18n/language.js';
import { useFormat } from '../../shared/format/format.js';
import { Amount } from '../../shared/ui/amount.js';
import { Grid } from '../../shared/ui/grid.js';

type Row = Readonly<{ service: string; pool: PlanPool; machines: ReadonlyMap<string, number> }>;

/** Machines that run per service, pool and phase. */
export function MachineTable({ plan }: Readonly<{ plan: PlanBody }>) {
  const text = useText();
  const format = useFormat();
  const phases = PHASE_NAMES.filter((name) => plan.allocations.some((row) => row.phase === name));
  const rows = rowsOf(plan);
  return (
    <Grid
      label={text('plan.machines')}
      rows={rows}
      keyOf={(row) => `${row.service} ${row.pool.id}`}
      empty={text('plan.no-machines')}
      columns={[
        { key: 'service', title: text('common.service'), cell: (row) => row.service },
        { key: 'account', title: text('machine.account'), cell: (row) => row.pool.accountName },
        { key: 'zone', title: text('common.zone'), cell: (row) => row.pool.zone },
        { key: 'type', title: text('common.machine-type'), cell: (row) => row.pool.machineType },
        {
          key: 'option',
          title: text('common.option'),
          cell: (row) => text(`option.${row.pool.purchaseOption}`),
        },
        {
          key: 'price',
          title: text('common.per-hour'),
          numeric: true,
          cell: (row) => <Amount value={row.pool.pricePerHour} rate />,
        },
        ...phases.map((phase) => ({
          key: phase,
          title: text(`phase.${phase}`),
          numeric: true,
          cell: (row: Row) => format.number(row.machines.get(phase) ?? 0, 0),
        })),
      ]}
      foot={
        <tr>
          <th scope="row" colSpan={6}>
            {text('common.total')}
          </th>
          {phases.map((phase) => (
            <td key={phase} className="numeric">
              {format.number(
                rows.reduce((sum, row) => sum + (row.machines.get(phase) ?? 0), 0),
                0,
              )}
            </td>
          ))}
        </tr>
      }
    />
  );
}

function rowsOf(plan: PlanBody): Row[] {
  const rows = new Map<string, { service: string; pool: PlanPool; machines: Map<string, number> }>();
  for (const { service, poolId, phase, machines } of plan.allocations) {
    const pool = plan.pools.find((one) => one.id === poolId);
    if (!pool) continue;
    const key = `${service} ${poolId}`;
    const row = rows.get(key) ?? { service, pool, machines: new Map<string, number>() };
    row.machines.set(phase, machines);
    rows.set(key, row);
  }
  return [...rows.values()].toSorted((a, b) => a.service.localeCompare(b.service));
}
