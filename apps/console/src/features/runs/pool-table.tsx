import type { RunBody } from '@springtide/contracts';
import { useText } from '../../i18n/language.js';
import { useFormat } from '../../shared/format/format.js';
import { Badge } from '../../shared/ui/badge.js';
import { Grid } from '../../shared/ui/grid.js';

type Pool = RunBody['pools'][number];

/** Machines alike are one row, n of m. */
export function PoolTable({ pools }: Readonly<{ pools: readonly Pool[] }>) {
  const text = useText();
  const format = useFormat();
  const count = (key: 'requested' | 'running' | 'releasing' | 'gone') => ({
    key,
    title: text(`run.pool.${key}`),
    numeric: true,
    cell: (row: Pool) => format.number(row[key], 0),
  });
  return (
    <Grid
      label={text('run.pools')}
      rows={pools}
      keyOf={(row) => `${row.service} ${row.poolId}`}
      empty={text('run.no-pools')}
      columns={[
        { key: 'service', title: text('common.service'), cell: (row) => row.service },
        { key: 'account', title: text('machine.account'), cell: (row) => row.accountName },
        { key: 'zone', title: text('common.zone'), cell: (row) => row.zone },
        { key: 'type', title: text('common.machine-type'), cell: (row) => row.machineType },
        { key: 'ready', title: text('run.pool.ready'), cell: (row) => <Ready pool={row} /> },
        count('requested'),
        count('running'),
        count('releasing'),
        count('gone'),
        {
          key: 'refused',
          title: text('run.pool.refused'),
          numeric: true,
          cell: (row) => (row.refused > 0 ? <strong className="bad-text">{row.refused}</strong> : '0'),
        },
      ]}
    />
  );
}

function Ready({ pool }: Readonly<{ pool: Pool }>) {
  const text = useText();
  const words = text('common.of', { value: pool.ready, all: pool.target });
  const enough = pool.ready >= pool.target ? 'good' : 'busy';
  return <Badge tone={pool.target === 0 ? 'idle' : enough}>{words}</Badge>;
}
