import { Button, Input } from 'antd';
import type { PhaseName, TemplateServiceBody } from '@springtide/contracts';
import { useId } from 'react';
import { useText } from '../../i18n/language.js';
import { Field } from '../../shared/form/field.js';
import { useFormat } from '../../shared/format/format.js';
import type { Draft } from './draft.js';
import { demandFor, spreadPeak, withDemand } from './draft-input.js';
import { HistoryDemand } from './history-demand.js';
import { usualShares } from './presets.js';
import type { FormFacts } from './use-form-facts.js';
import type { Forecast } from './use-forecasts.js';

type Props = Readonly<{
  draft: Draft;
  facts: FormFacts;
  service: TemplateServiceBody;
  forecast: Forecast | undefined;
  onChange: (draft: Draft) => void;
}>;

/** Requests per second of one service in each phase: typed, or as many times as high as they once were. */
export function ServiceDemand({ draft, facts, service, forecast, onChange }: Props) {
  const text = useText();
  const group = useId();
  const { name } = service;
  const { from, typed } = demandFor(draft, name);
  const choose = (next: 'typed' | 'history'): void => {
    // What history said is what is typed on from.
    const known = next === 'typed' && forecast?.demand ? textsOf(forecast.demand) : typed;
    onChange(withDemand(draft, name, { from: next, typed: known }));
  };
  return (
    <fieldset className="service-demand">
      <legend>
        <strong>{name}</strong>{' '}
        <span className="quiet">{text('form.entrance', { route: service.route })}</span>
      </legend>
      <div className="choices">
        {(['typed', 'history'] as const).map((one) => (
          <label key={one} className="check">
            <input type="radio" name={group} checked={from === one} onChange={() => choose(one)} />{' '}
            {text(`form.from.${one}`)}
          </label>
        ))}
      </div>
      {from === 'typed' ? (
        <TypedDemand {...{ draft, facts, name, onChange }} />
      ) : (
        <>
          <HistoryDemand {...{ draft, facts, name, forecast, onChange }} />
          <ForecastRow draft={draft} name={name} forecast={forecast} />
        </>
      )}
    </fieldset>
  );
}

function textsOf(demand: ReadonlyMap<PhaseName, number>): Partial<Record<PhaseName, string>> {
  return Object.fromEntries([...demand].map(([phase, value]) => [phase, String(value)]));
}

type TypedProps = Omit<Props, 'service' | 'forecast'> & Readonly<{ name: string }>;

function TypedDemand({ draft, facts, name, onChange }: TypedProps) {
  const text = useText();
  const { typed } = demandFor(draft, name);
  const shares = usualShares(facts.years.map(({ calendar }) => calendar));
  const spreads = draft.phases.length > 1 && Number(typed.peak) > 0 && shares.size > 0;
  return (
    <div className="cells">
      {draft.phases.map(({ name: phase }) => (
        <Field key={phase} name={`demand.${name}.${phase}`} label={text(`phase.${phase}`)}>
          {(control) => (
            <Input
              {...control}
              aria-label={text('form.demand.of', { service: name, phase: text(`phase.${phase}`) })}
              inputMode="decimal"
              placeholder="0"
              suffix={text('form.per-second')}
              value={typed[phase] ?? ''}
              onChange={(event) =>
                onChange(withDemand(draft, name, { typed: { ...typed, [phase]: event.target.value } }))
              }
            />
          )}
        </Field>
      ))}
      <Button disabled={!spreads} onClick={() => onChange(spreadPeak(draft, name, shares))}>
        {text('form.spread')}
      </Button>
    </div>
  );
}

type ForecastProps = Readonly<{ draft: Draft; name: string; forecast: Forecast | undefined }>;

/** What history says of each phase, and what was saved until now where that is another number. */
function ForecastRow({ draft, name, forecast }: ForecastProps) {
  const text = useText();
  const format = useFormat();
  const { typed } = demandFor(draft, name);
  if (!forecast?.demand) return null;
  return (
    <dl className="cells">
      {draft.phases.map(({ name: phase }) => {
        const value = forecast.demand?.get(phase) ?? 0;
        const before = typed[phase];
        return (
          <div key={phase}>
            <dt className="quiet">{text(`phase.${phase}`)}</dt>
            <dd>
              <strong>{text('common.rps', { value: format.number(value) })}</strong>
              {before !== undefined && before.trim() !== '' && Number(before) !== value && (
                <span className="quiet">
                  {text('form.before', { value: text('common.rps', { value: before }) })}
                </span>
              )}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
