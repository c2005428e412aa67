import { Button, Select } from 'antd';
import { routes } from '@springtide/contracts';
import { useText } from '../../i18n/language.js';
import { useAnswer } from '../../shared/api/use-answer.js';
import { ProblemNote } from '../../shared/ui/problem-note.js';
import { Field, NumberField, TextField } from './form-fields.js';
import type { ForecastDraft, ManualDraft, MetricDraft, StrategyDraft } from './scaling-draft.js';
import { ScheduleFields } from './schedule-fields.js';

type Props<S> = Readonly<{ strategy: S; path: string; onChange: (strategy: S) => void }>;

/** One strategy: its name, what it is set to, and its end. */
export function StrategyFields({
  strategy,
  path,
  onChange,
  onRemove,
}: Props<StrategyDraft> & Readonly<{ onRemove: () => void }>) {
  const text = useText();
  return (
    <fieldset className="strategy">
      <legend>{text(`scaling.kind.${strategy.kind}`)}</legend>
      <div className="head">
        <TextField
          name="id"
          path={`${path}.id`}
          most={60}
          value={strategy.id}
          onChange={(id) => onChange({ ...strategy, id })}
        />
        <Button danger aria-label={text('scaling.remove-one', { name: strategy.id })} onClick={onRemove}>
          {text('scaling.remove')}
        </Button>
      </div>
      <OwnFields strategy={strategy} path={path} onChange={onChange} />
    </fieldset>
  );
}

function OwnFields({ strategy, path, onChange }: Props<StrategyDraft>) {
  const text = useText();
  switch (strategy.kind) {
    case 'manual':
      return <ManualFields strategy={strategy} path={path} onChange={onChange} />;
    case 'scheduled':
      return <ScheduleFields strategy={strategy} path={path} onChange={onChange} />;
    case 'metric':
      return <MetricFields strategy={strategy} path={path} onChange={onChange} />;
    case 'predictive':
      return <ForecastFields strategy={strategy} path={path} onChange={onChange} />;
    case 'campaign':
      return <p className="quiet">{text('scaling.campaign-note')}</p>;
  }
}

function ManualFields({ strategy, path, onChange }: Props<ManualDraft>) {
  const text = useText();
  return (
    <div className="entries">
      <NumberField
        name="machines"
        path={`${path}.machines`}
        whole
        value={strategy.machines}
        onChange={(machines) => onChange({ ...strategy, machines })}
      />
      <Field name="until" path={`${path}.until`} hint={text('scaling.until-note')}>
        {(control) => (
          <input
            {...control}
            type="datetime-local"
            value={localTime(strategy.until)}
            onChange={({ target }) =>
              onChange({
                ...strategy,
                until: target.value === '' ? null : new Date(target.value).toISOString(),
              })
            }
          />
        )}
      </Field>
    </div>
  );
}

/** As the browser's field takes it: the reader's clock, to the minute. */
function localTime(instant: string | null): string {
  if (instant === null) return '';
  const at = new Date(instant);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function MetricFields({ strategy, path, onChange }: Props<MetricDraft>) {
  const text = useText();
  return (
    <>
      <div className="entries">
        <TextField
          name="metric"
          path={`${path}.metric`}
          most={120}
          hint={text('scaling.metric-note')}
          value={strategy.metric}
          onChange={(metric) => onChange({ ...strategy, metric })}
        />
        <NumberField
          name="targetPerMachine"
          path={`${path}.targetPerMachine`}
          value={strategy.targetPerMachine}
          onChange={(targetPerMachine) => onChange({ ...strategy, targetPerMachine })}
        />
      </div>
      <TextField
        name="url"
        path={`${path}.url`}
        most={500}
        value={strategy.url}
        onChange={(url) => onChange({ ...strategy, url })}
      />
      <TextField
        name="query"
        path={`${path}.query`}
        most={2_000}
        hint={text('scaling.query-note')}
        value={strategy.query}
        onChange={(query) => onChange({ ...strategy, query })}
      />
    </>
  );
}

const QUANTILES = ['p50', 'p90', 'p99'] as const;

function ForecastFields({ strategy, path, onChange }: Props<ForecastDraft>) {
  const text = useText();
  const series = useAnswer(routes.demandList, { query: { limit: 200 } });
  const { seriesId } = strategy;
  const known = (series.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }));
  const options =
    seriesId === '' || known.some(({ value }) => value === seriesId)
      ? known
      : [...known, { value: seriesId, label: seriesId }];
  return (
    <>
      <Field
        name="seriesId"
        path={`${path}.seriesId`}
        hint={series.data?.items.length === 0 ? text('scaling.no-series') : undefined}
      >
        {(control) => (
          <Select
            {...control}
            className="filter"
            status={control['aria-invalid'] ? 'error' : ''}
            value={seriesId === '' ? null : seriesId}
            options={options}
            onChange={(value) => onChange({ ...strategy, seriesId: value ?? '' })}
          />
        )}
      </Field>
      {series.error && <ProblemNote error={series.error} />}
      <div className="entries">
        <div className="field">
          <span className="label">{text('scaling.quantile')}</span>
          <Select
            aria-label={text('scaling.quantile')}
            value={strategy.quantile}
            options={QUANTILES.map((value) => ({ value, label: text(`scaling.quantile.${value}`) }))}
            onChange={(quantile) => onChange({ ...strategy, quantile })}
          />
        </div>
        <NumberField
          name="capacityPerMachine"
          path={`${path}.capacityPerMachine`}
          value={strategy.capacityPerMachine}
          onChange={(capacityPerMachine) => onChange({ ...strategy, capacityPerMachine })}
        />
        <NumberField
          name="leadSeconds"
          path={`${path}.leadSeconds`}
          whole
          hint={text('scaling.lead-note')}
          value={strategy.leadSeconds}
          onChange={(leadSeconds) => onChange({ ...strategy, leadSeconds })}
        />
      </div>
    </>
  );
}
