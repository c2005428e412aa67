import { Input, Select, Spin } from 'antd';
import type { DemandSeriesSummary } from '@springtide/contracts';
import { useText } from '../../i18n/language.js';
import { Field } from '../../shared/form/field.js';
import { useFormat } from '../../shared/format/format.js';
import { ProblemNote } from '../../shared/ui/problem-note.js';
import type { Draft, DraftHistory } from './draft.js';
import { demandFor, withDemand } from './draft-input.js';
import { likelyStart } from './likely-start.js';
import { SeriesImport } from './series-import.js';
import type { FormFacts } from './use-form-facts.js';
import type { Forecast } from './use-forecasts.js';

type Props = Readonly<{
  draft: Draft;
  facts: FormFacts;
  name: string;
  forecast: Forecast | undefined;
  onChange: (draft: Draft) => void;
}>;

const QUANTILES = ['p50', 'p90', 'p99'] as const;
const SPREADS = [0, 0.1, 0.2, 0.3, 0.5];

/** Which history, from when on, how many times as high, and how much to be on the safe side. */
export function HistoryDemand({ draft, facts, name, forecast, onChange }: Props) {
  const text = useText();
  const format = useFormat();
  const { history } = demandFor(draft, name);
  const set = (change: Partial<DraftHistory>): void =>
    onChange(withDemand(draft, name, { history: { ...history, ...change } }));
  const take = (series: DemandSeriesSummary): void =>
    set({ seriesId: series.id, startsAt: likelyStart(series, draft) });
  const chosen = facts.series.find(({ id }) => id === history.seriesId);
  return (
    <>
      <div className="form-row">
        <Field
          name={`history.${name}.seriesId`}
          label={text('form.series')}
          note={chosen && <SeriesNote series={chosen} timeZone={draft.timeZone} />}
        >
          {(control) => (
            <Select
              {...control}
              value={history.seriesId}
              placeholder={text('form.choose')}
              onChange={(id) => {
                const series = facts.series.find((one) => one.id === id);
                if (series) take(series);
              }}
              options={facts.series.map(({ id, name: label }) => ({ value: id, label }))}
            />
          )}
        </Field>
        <Field
          name={`history.${name}.historyStartsAt`}
          label={text('form.history-start', { zone: draft.timeZone })}
          note={text('form.history-start.note')}
        >
          {({ status, ...control }) => (
            <input
              {...control}
              type="datetime-local"
              aria-invalid={status === 'error'}
              step={history.startsAt.length > 16 ? 0.001 : 60}
              value={history.startsAt}
              onChange={(event) => set({ startsAt: event.target.value })}
            />
          )}
        </Field>
        <Field name={`history.${name}.multiple`} label={text('form.multiple')}>
          {(control) => (
            <Input
              {...control}
              inputMode="decimal"
              prefix="×"
              value={history.multiple}
              onChange={(event) => set({ multiple: event.target.value })}
            />
          )}
        </Field>
        <Field name={`history.${name}.quantile`} label={text('form.quantile')}>
          {(control) => (
            <Select
              {...control}
              value={history.quantile}
              onChange={(quantile) => set({ quantile })}
              options={QUANTILES.map((value) => ({ value, label: text(`form.quantile.${value}`) }))}
            />
          )}
        </Field>
        <Field name={`history.${name}.levelSigma`} label={text('form.spread-of-level')}>
          {(control) => (
            <Select
              {...control}
              value={history.levelSigma}
              onChange={(levelSigma) => set({ levelSigma })}
              options={[...new Set([...SPREADS, history.levelSigma])].map((value) => ({
                value,
                label: text('form.either-way', { percent: format.percent(value) }),
              }))}
            />
          )}
        </Field>
      </div>
      <SeriesImport onImported={take} />
      {forecast?.thinking && <Spin size="small" aria-label={text('common.loading')} />}
      {forecast?.error && <ProblemNote error={forecast.error} />}
    </>
  );
}

function SeriesNote({ series, timeZone }: Readonly<{ series: DemandSeriesSummary; timeZone: string }>) {
  const text = useText();
  const format = useFormat();
  return text('form.series.note', {
    from: format.instant(series.startsAt, timeZone),
    to: format.instant(series.endsAt, timeZone),
    highest: format.number(series.highest, 0),
    at: format.instant(series.highestAt, timeZone),
  });
}
