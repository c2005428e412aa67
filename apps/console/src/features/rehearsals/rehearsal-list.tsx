import { Button } from 'antd';
import type { RehearsalBody } from '@springtide/contracts';
import { useText } from '../../i18n/language.js';
import { useFormat } from '../../shared/format/format.js';
import { Amount } from '../../shared/ui/amount.js';
import { Grid, type Column } from '../../shared/ui/grid.js';
import { useCampaign } from '../campaigns/campaign-page.js';
import { shareText } from './share-text.js';
import { RehearsalVerdict } from './verdict.js';

type Props = Readonly<{
  rehearsals: readonly RehearsalBody[];
  /** Left out where there is nothing to open. */
  onShow?: (rehearsal: RehearsalBody) => void;
}>;

/** Rehearsals of one plan, newest first. */
export function RehearsalList({ rehearsals, onShow }: Props) {
  const { timeZone } = useCampaign();
  const text = useText();
  const format = useFormat();
  const show: readonly Column<RehearsalBody>[] = onShow
    ? [
        {
          key: 'show',
          title: text('common.actions'),
          cell: (row) => (
            <Button
              size="small"
              aria-label={text('rehearsal.show-one', {
                storm: text(`rehearsal.storm.${row.storm}`),
                at: format.time(row.requestedAt, timeZone),
              })}
              onClick={() => onShow(row)}
            >
              {text('rehearsal.show')}
            </Button>
          ),
        },
      ]
    : [];
  return (
    <Grid
      label={text('rehearsal.list')}
      rows={rehearsals}
      keyOf={(row) => row.id}
      empty={text('rehearsal.none')}
      columns={[
        {
          key: 'verdict',
          tight: true,
          title: text('rehearsal.verdict'),
          cell: (row) => <RehearsalVerdict rehearsal={row} />,
        },
        {
          key: 'storm',
          tight: true,
          title: text('rehearsal.storm'),
          cell: (row) => (
            <>
              {text(`rehearsal.storm.${row.storm}`)}
              {row.result?.replay && (
                <div className="quiet">
                  {text('rehearsal.demand.recorded', { name: row.result.replay.name })}
                </div>
              )}
            </>
          ),
        },
        {
          key: 'lowest',
          title: text('rehearsal.lowest'),
          numeric: true,
          cell: ({ result }) =>
            result
              ? shareText(format, Math.min(1, ...result.phases.map(({ servedShare }) => servedShare)))
              : '–',
        },
        {
          key: 'cost',
          title: text('rehearsal.cost'),
          numeric: true,
          cell: ({ result }) => (result ? <Amount value={result.cost.actual} /> : '–'),
        },
        { key: 'seed', title: text('rehearsal.seed'), numeric: true, cell: (row) => String(row.seed) },
        {
          key: 'at',
          tight: true,
          title: text('rehearsal.asked'),
          cell: (row) => format.instant(row.requestedAt, timeZone),
        },
        { key: 'by', title: text('rehearsal.asked-by'), cell: (row) => row.requestedBy },
        ...show,
      ]}
    />
  );
}
