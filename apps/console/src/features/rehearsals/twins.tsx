import type { RehearsalResult, TwinTime } from '@springtide/contracts';
import { useText, type Text } from '../../i18n/language.js';
import { useFormat, type Format } from '../../shared/format/format.js';
import { Grid } from '../../shared/ui/grid.js';

/** How long the simulated clouds took for what, and what that rests on. */
export function Twins({ twins }: Pick<RehearsalResult, 'twins'>) {
  const text = useText();
  const format = useFormat();
  return (
    <>
      <p className="quiet">{text('rehearsal.twins-note')}</p>
      <Grid
        label={text('rehearsal.twins')}
        rows={twins}
        keyOf={(row) => row.accountId}
        empty={text('rehearsal.no-twins')}
        columns={[
          { key: 'account', title: text('machine.account'), cell: (row) => row.accountName },
          {
            key: 'boot',
            title: text('rehearsal.twin.boot'),
            cell: (row) => timeText(text, format, row.boot),
          },
          {
            key: 'call',
            title: text('rehearsal.twin.call'),
            cell: (row) => timeText(text, format, row.createCall),
          },
        ]}
      />
    </>
  );
}

function timeText(
  text: Text,
  format: Format,
  { basis, measurements, p50Seconds, p95Seconds }: TwinTime,
): string {
  return text(`rehearsal.time.${basis}`, {
    p50: format.number(p50Seconds, 1),
    p95: format.number(p95Seconds, 1),
    count: format.number(measurements, 0),
  });
}
