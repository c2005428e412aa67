import type { ScalingGroupBody } from '@springtide/contracts';
import { Link } from 'react-router';
import { useText } from '../../i18n/language.js';
import { useFormat } from '../../shared/format/format.js';
import { Grid } from '../../shared/ui/grid.js';

/** The scaling group that follows the strategies, or that nobody does. */
export function ActsOnIt({ group }: Readonly<{ group: ScalingGroupBody | null }>) {
  const text = useText();
  const format = useFormat();
  if (group === null) return <p>{text('scaling.acts.nobody')}</p>;
  return (
    <>
      <p>
        {text('scaling.acts.group', { until: format.instant(group.until) })}{' '}
        {text('scaling.group-decided', {
          machines: format.number(group.decision.machines, 0),
          at: format.instant(group.decidedAt),
        })}{' '}
        <Link to={`/campaigns/${group.campaignId}/run`}>{text('scaling.group')}</Link>
      </p>
      {group.missing > 0 && (
        <p className="bad-text">
          {text('scaling.group-missing', { count: format.number(group.missing, 0) })}
        </p>
      )}
      {group.heldBack > 0 && (
        <p className="bad-text">
          {text('scaling.month.held-back', { count: format.number(group.heldBack, 0) })}
        </p>
      )}
      <Grid
        label={text('scaling.group-pools')}
        rows={group.pools}
        keyOf={(row) => row.poolId}
        empty={text('scaling.no-group-pools')}
        columns={[
          { key: 'pool', title: text('scaling.group-pools'), cell: (row) => row.poolId },
          {
            key: 'machines',
            title: text('common.machines'),
            numeric: true,
            cell: (row) => format.number(row.machines, 0),
          },
        ]}
      />
    </>
  );
}
