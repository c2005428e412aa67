import { Input, Select } from 'antd';
import { PHASE_NAMES, type PhaseName } from '@springtide/contracts';
import { useId } from 'react';
import { useLanguage, useText } from '../../i18n/language.js';
import { FaultNote, Field } from '../../shared/form/field.js';
import { useFormat } from '../../shared/format/format.js';
import { Section } from '../../shared/ui/page.js';
import { ClashNotes } from './clash-notes.js';
import { LENGTH_UNITS, spansOf, withPhase, type Draft, type DraftPhase, type PhaseSpan } from './draft.js';
import { salesAhead, withSale } from './presets.js';
import type { FormFacts } from './use-form-facts.js';
import { isZone } from './zone-time.js';

type Props = Readonly<{
  draft: Draft;
  facts: FormFacts;
  ownId: string | null;
  onChange: (draft: Draft) => void;
}>;

const BROWSER_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;
const ZONES = [...new Set([BROWSER_ZONE, 'Asia/Shanghai', 'UTC', ...Intl.supportedValuesOf('timeZone')])];

export function TimeSection({ draft, facts, ownId, onChange }: Props) {
  const text = useText();
  const spans = spansOf(draft);
  return (
    <Section title={text('overview.timeline')} note={text('form.time.note')}>
      <div className="form-row">
        <SaleChoice draft={draft} facts={facts} onChange={onChange} />
        <Field name="timeZone" label={text('form.zone')} note={text('form.zone.note')}>
          {(control) => (
            <Select
              {...control}
              showSearch
              value={draft.timeZone}
              onChange={(timeZone) => onChange({ ...draft, timeZone })}
              options={[...new Set([draft.timeZone, ...ZONES])].map((value) => ({ value, label: value }))}
            />
          )}
        </Field>
        <Field name="startsAt" label={text('form.start')} note={<BrowserTime draft={draft} spans={spans} />}>
          {({ status, ...control }) => (
            <input
              {...control}
              type="datetime-local"
              step={draft.startsAt.length > 16 ? 0.001 : 60}
              aria-invalid={status === 'error'}
              value={draft.startsAt}
              onChange={(event) => onChange({ ...draft, startsAt: event.target.value })}
            />
          )}
        </Field>
      </div>
      <fieldset className="phase-rows">
        <legend>{text('form.phases')}</legend>
        {rowsOf(draft).map((name) => (
          <PhaseRow key={name} {...{ name, draft, onChange, span: spans.find((one) => one.name === name) }} />
        ))}
        <FaultNote name="phases" />
      </fieldset>
      <ClashNotes draft={draft} spans={spans} template={facts.template} ownId={ownId} />
    </Section>
  );
}

/** In the order of the time line; those that are not used stand where they would. */
function rowsOf({ phases }: Draft): readonly PhaseName[] {
  const used = phases.map(({ name }) => name);
  const all = PHASE_NAMES.reduce<readonly DraftPhase[]>(
    (rows, name) => (used.includes(name) ? rows : withPhase(rows, name, true)),
    phases,
  );
  return all.map(({ name }) => name);
}

function SaleChoice({ draft, facts, onChange }: Omit<Props, 'ownId'>) {
  const text = useText();
  const format = useFormat();
  const field = useId();
  const chinese = useLanguage() === 'zh-CN';
  const sales = salesAhead(facts.years, facts.nowMs);
  const nameOf = ({ name, nameZh }: Readonly<{ name: string; nameZh: string }>): string =>
    chinese ? nameZh : name;
  return (
    <div className="field">
      <label htmlFor={field}>{text('form.sale')}</label>
      <Select
        id={field}
        value={null}
        placeholder={text('form.sale.choose')}
        onChange={(key: string | null) => {
          const sale = sales.find((one) => one.key === key);
          if (sale) onChange(withSale(draft, sale, nameOf));
        }}
        options={sales.map(({ key, event }) => ({
          value: key,
          label: text('form.sale.one', {
            name: nameOf(event),
            day: format.day(event.startsAt, 'Asia/Shanghai'),
          }),
        }))}
      />
      <span className="quiet">{text('form.sale.note')}</span>
    </div>
  );
}

/** Where the browser's clocks are others than the campaign's. */
function BrowserTime({ draft, spans }: Readonly<{ draft: Draft; spans: readonly PhaseSpan[] }>) {
  const text = useText();
  const format = useFormat();
  const first = spans[0];
  if (!first || !isZone(draft.timeZone)) return null;
  const instant = new Date(first.from).toISOString();
  const [there, here] = [format.instant(instant, draft.timeZone), format.instant(instant, BROWSER_ZONE)];
  if (draft.timeZone === BROWSER_ZONE || there === here) return there;
  return text('form.start.here', { there, here });
}

type RowProps = Readonly<{
  name: PhaseName;
  draft: Draft;
  span: PhaseSpan | undefined;
  onChange: (draft: Draft) => void;
}>;

function PhaseRow({ name, draft, span, onChange }: RowProps) {
  const text = useText();
  const format = useFormat();
  const phase = draft.phases.find((one) => one.name === name);
  const label = text(`phase.${name}`);
  const set = (change: Partial<DraftPhase>): void =>
    onChange({
      ...draft,
      phases: draft.phases.map((one) => (one.name === name ? { ...one, ...change } : one)),
    });
  const at = (ms: number): string => format.instant(new Date(ms).toISOString(), draft.timeZone);
  return (
    <div className="phase-row">
      <label className="check">
        <input
          type="checkbox"
          checked={phase !== undefined}
          onChange={(event) =>
            onChange({ ...draft, phases: withPhase(draft.phases, name, event.target.checked) })
          }
        />
        <span>
          <strong>{label}</strong>
          <span className="quiet">{text(`form.phase.${name}`)}</span>
        </span>
      </label>
      {phase && (
        <Field name={`phase.${name}`} label={text('form.length', { phase: label })}>
          {(control) => (
            <span className="length">
              <Input
                {...control}
                inputMode="decimal"
                value={phase.length}
                onChange={(event) => set({ length: event.target.value })}
              />
              <Select
                aria-label={text('form.unit', { phase: label })}
                value={phase.unit}
                onChange={(unit) => set({ unit })}
                options={LENGTH_UNITS.map((value) => ({ value, label: text(`form.unit.${value}`) }))}
              />
            </span>
          )}
        </Field>
      )}
      <span className="quiet">
        {phase && span && text('calendar.span', { from: at(span.from), to: at(span.until) })}
      </span>
    </div>
  );
}
