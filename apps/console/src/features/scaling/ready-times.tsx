import { routes, type Answer } from '@springtide/contracts';
import { useText } from '../../i18n/language.js';
import { useAnswer } from '../../shared/api/use-answer.js';
import { useFormat } from '../../shared/format/format.js';
import { Grid, type Column } from '../../shared/ui/grid.js';
import { Waiting } from '../../shared/ui/waiting.js';

type Row = Answer<typeof routes.scalingReadyTimes>['items'][number];

/** Measured on the machines that were bought for the service. */
export function ReadyTimes({ service }: Readonly<{ service: string }>) {
  const text = useText();
  const format = useFormat();
  const answer = useAnswer(routes.scalingReadyTimes, { params: { service } });
  const pair = (key: 'boot' | 'warm' | 'lead', pick: (row: Row) => Row['bootSeconds']): Column<Row> => ({
    key,
    title: text(`scaling.ready.${key}`),
    numeric: true,
    cell: (row) =>
      text('scaling.pair', {
        p50: format.number(pick(row).p50, 0),
        p99: format.number(pick(row).p99, 0),
      }),
  });
  return (
    <>
      <p className="quiet">{text('scaling.ready-note')}</p>
      <Waiting answer={answer}>
        {({ items }) => (
          <Grid
            label={text('scaling.ready-times')}
            rows={items}
            keyOf={(row) => row.machineType}
            empty={text('scaling.no-ready')}
            columns={[
              { key: 'type', title: text('common.machine-type'), cell: (row) => row.machineType },
              {
                key: 'machines',
                title: text('scaling.ready-machines'),
                numeric: true,
                cell: (row) => format.number(row.machines, 0),
              },
              pair('boot', (row) => row.bootSeconds),
              pair('warm', (row) => row.warmUpSeconds),
              pair('lead', (row) => row.leadSeconds),
            ]}
          />
        )}
      </Waiting>
    </>
  );
}
