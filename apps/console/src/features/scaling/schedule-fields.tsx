import { Button, Input, Select } from 'antd';
import { useMemo } from 'react';
import { useLanguage, useText } from '../../i18n/language.js';
import { Field, NumberField, TimeField, useIsWrong } from './form-fields.js';
import { anotherRule, type RuleDraft, type ScheduleDraft } from './scaling-draft.js';

type Props = Readonly<{
  strategy: ScheduleDraft;
  path: string;
  onChange: (strategy: ScheduleDraft) => void;
}>;

/** Weekly times by the clock of a zone, and the days on which they are other ones. */
export function ScheduleFields({ strategy, path, onChange }: Props) {
  const text = useText();
  const { rules } = strategy;
  const set = (index: number, rule: RuleDraft): void =>
    onChange({ ...strategy, rules: rules.with(index, rule) });
  return (
    <>
      <Field name="timeZone" path={`${path}.timeZone`}>
        {(control) => (
          <Select
            {...control}
            className="filter"
            showSearch
            value={strategy.timeZone}
            status={control['aria-invalid'] ? 'error' : ''}
            options={zonesWith(strategy.timeZone)}
            onChange={(timeZone) => onChange({ ...strategy, timeZone })}
          />
        )}
      </Field>
      <ol className="rules">
        {rules.map((rule, index) => (
          <li key={`${strategy.kind} ${index}`}>
            <RuleFields rule={rule} path={`${path}.rules.${index}`} onChange={(next) => set(index, next)} />
            <Button
              disabled={rules.length === 1}
              aria-label={text('scaling.rule.remove-one', { number: index + 1 })}
              onClick={() => onChange({ ...strategy, rules: rules.toSpliced(index, 1) })}
            >
              {text('scaling.rule.remove')}
            </Button>
          </li>
        ))}
      </ol>
      <Button onClick={() => onChange({ ...strategy, rules: anotherRule(rules) })}>
        {text('scaling.rule.add')}
      </Button>
      <Field name="holidays" path={`${path}.holidays`} hint={text('scaling.holidays-note')}>
        {(control) => (
          <Input.TextArea
            {...control}
            autoSize={{ minRows: 2, maxRows: 8 }}
            status={control['aria-invalid'] ? 'error' : ''}
            value={strategy.holidays}
            onChange={(event) => onChange({ ...strategy, holidays: event.target.value })}
          />
        )}
      </Field>
    </>
  );
}

/** Zones that this browser knows, and the one that was set, whoever knows it. */
function zonesWith(zone: string): { value: string; label: string }[] {
  const known = Intl.supportedValuesOf('timeZone');
  return [...new Set([zone, 'UTC', ...known])].map((name) => ({ value: name, label: name }));
}

type RuleProps = Readonly<{ rule: RuleDraft; path: string; onChange: (rule: RuleDraft) => void }>;

const ON_HOLIDAYS = ['except', 'also', 'only'] as const;

function RuleFields({ rule, path, onChange }: RuleProps) {
  const text = useText();
  const isOverNight = rule.to !== '' && rule.to <= rule.from;
  return (
    <>
      <Weekdays rule={rule} path={`${path}.days`} onChange={onChange} />
      <div className="entries">
        <TimeField
          name="from"
          path={`${path}.from`}
          value={rule.from}
          onChange={(from) => onChange({ ...rule, from })}
        />
        <TimeField
          name="to"
          path={`${path}.to`}
          value={rule.to}
          hint={isOverNight ? text('scaling.next-day') : undefined}
          onChange={(to) => onChange({ ...rule, to })}
        />
        <NumberField
          name="machines"
          path={`${path}.machines`}
          whole
          value={rule.machines}
          onChange={(machines) => onChange({ ...rule, machines })}
        />
        <div className="field">
          <span className="label">{text('scaling.on-holidays')}</span>
          <Select
            aria-label={text('scaling.on-holidays')}
            value={rule.holidays}
            onChange={(holidays) => onChange({ ...rule, holidays })}
            options={ON_HOLIDAYS.map((value) => ({ value, label: text(`scaling.on-holidays.${value}`) }))}
          />
        </div>
      </div>
    </>
  );
}

/** A week that begins on a Monday. */
const WEEK = (['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const).map(
  (day, index) => [day, Date.UTC(2024, 0, 1 + index)] as const,
);

function Weekdays({ rule, path, onChange }: RuleProps) {
  const text = useText();
  const language = useLanguage();
  const name = useMemo(
    () => new Intl.DateTimeFormat(language, { weekday: 'short', timeZone: 'UTC' }),
    [language],
  );
  const isWrong = useIsWrong(path);
  const { days } = rule;
  const choose = (chosen: readonly string[]): void =>
    onChange({ ...rule, days: WEEK.map(([day]) => day).filter((day) => chosen.includes(day)) });
  return (
    <fieldset className="weekdays">
      <legend className="unseen">{text('scaling.field.days')}</legend>
      {WEEK.map(([day, at]) => (
        <label key={day} className="check">
          <input
            type="checkbox"
            checked={days.includes(day)}
            aria-invalid={isWrong || undefined}
            onChange={({ target }) =>
              choose(target.checked ? [...days, day] : days.filter((one) => one !== day))
            }
          />
          {name.format(at)}
        </label>
      ))}
      {isWrong && <span className="bad-text">{text('scaling.wrong.days')}</span>}
    </fieldset>
  );
}
