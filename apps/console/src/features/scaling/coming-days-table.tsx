import type { ScalingInput } from '@springtide/contracts';
import { useMemo } from 'react';
import { useLanguage, useText } from '../../i18n/language.js';
import { useFormat } from '../../shared/format/format.js';
import { Grid } from '../../shared/ui/grid.js';
import { useNow } from '../../shared/ui/use-now.js';
import { comingDays } from './coming-days.js';

/** Before anything is saved: what this would want in the coming seven days. */
export function ComingDaysTable({ input }: Readonly<{ input: ScalingInput | undefined }>) {
  const text = useText();
  const language = useLanguage();
  const format = useFormat();
  const hours = useMemo(() => hoursIn(language), [language]);
  const now = new Date(useNow(60_000)).toISOString();
  const spans = useMemo(() => input && comingDays(input, now), [input, now]);
  if (spans === undefined) return <p className="quiet">{text('scaling.coming.incomplete')}</p>;
  return (
    <>
      <p className="quiet">{text('scaling.coming.note', { zone: hours.resolvedOptions().timeZone })}</p>
      <Grid
        label={text('scaling.coming')}
        rows={spans}
        keyOf={(row) => row.from}
        empty={text('scaling.no-strategies')}
        columns={[
          {
            key: 'machines',
            title: text('common.machines'),
            numeric: true,
            cell: ({ machines }) => (machines === null ? '–' : format.number(machines, 0)),
          },
          {
            key: 'when',
            tight: true,
            title: text('calendar.when'),
            cell: ({ from, until }) => hours.formatRange(new Date(from), new Date(until)),
          },
          {
            key: 'by',
            title: text('scaling.why'),
            cell: ({ by, missing }) => (
              <span className="sentence">
                {by === null ? <span className="quiet">{text('scaling.coming.nobody')}</span> : by}
                {missing > 0 && (
                  <span className="bad-text">
                    {' '}
                    {text('scaling.coming.missing', { count: format.number(missing, 0) })}
                  </span>
                )}
              </span>
            ),
          },
        ]}
      />
    </>
  );
}

/** The reader's clock; its zone is named beside it. */
function hoursIn(language: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(language, {
    ...{ weekday: 'short', month: 'short', day: 'numeric' },
    ...{ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  });
}
