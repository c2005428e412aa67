import { Input, Select } from 'antd';
import { useText } from '../../i18n/language.js';
import { Field } from '../../shared/form/field.js';
import { Section } from '../../shared/ui/page.js';
import type { Draft } from './draft.js';

type Props = Readonly<{ draft: Draft; onChange: (draft: Draft) => void }>;

const NEEDS = ['required', 'advisory'] as const;
const BELOW_PLAN = ['keep', 'after-peak', 'in-peak'] as const;
const FOLLOWS = ['plan', 'strategies'] as const;
const LATE_STARTS = ['start', 'skip'] as const;
const POLICIES = ['standard', 'demo'] as const;

export function RulesSection({ draft, onChange }: Props) {
  const text = useText();
  const needs = NEEDS.map((value) => ({ value, label: text(`form.needs.${value}`) }));
  return (
    <Section title={text('form.rules')} note={text('form.rules.note')}>
      <div className="form-row">
        <Field name="readiness" label={text('form.readiness')}>
          {(control) => (
            <Select
              {...control}
              value={draft.readiness}
              onChange={(readiness) => onChange({ ...draft, readiness })}
              options={needs}
            />
          )}
        </Field>
        <Field name="rehearsal" label={text('form.rehearsal')}>
          {(control) => (
            <Select
              {...control}
              value={draft.rehearsal}
              onChange={(rehearsal) => onChange({ ...draft, rehearsal })}
              options={needs}
            />
          )}
        </Field>
        <Field name="belowPlan" label={text('overview.below-plan')}>
          {(control) => (
            <Select
              {...control}
              value={draft.belowPlan}
              onChange={(belowPlan) => onChange({ ...draft, belowPlan })}
              options={BELOW_PLAN.map((value) => ({ value, label: text(`overview.below-plan.${value}`) }))}
            />
          )}
        </Field>
        <Field name="follows" label={text('overview.follows')}>
          {(control) => (
            <Select
              {...control}
              value={draft.follows}
              onChange={(follows) => onChange({ ...draft, follows })}
              options={FOLLOWS.map((value) => ({ value, label: text(`overview.follows.${value}`) }))}
            />
          )}
        </Field>
        <LateStartFields draft={draft} onChange={onChange} />
        <Field name="policy" label={text('overview.policy')} note={text('form.policy.note')}>
          {(control) => (
            <Select
              {...control}
              value={draft.policy}
              onChange={(policy) => onChange({ ...draft, policy })}
              options={POLICIES.map((value) => ({ value, label: text(`overview.policy.${value}`) }))}
            />
          )}
        </Field>
      </div>
    </Section>
  );
}

/** What becomes of a phase that nobody could begin in time. */
function LateStartFields({ draft, onChange }: Props) {
  const text = useText();
  return (
    <>
      <Field name="lateStart" label={text('overview.late-start')} note={text('form.late-start.note')}>
        {(control) => (
          <Select
            {...control}
            value={draft.lateStart}
            onChange={(lateStart) => onChange({ ...draft, lateStart })}
            options={LATE_STARTS.map((value) => ({ value, label: text(`form.late-start.${value}`) }))}
          />
        )}
      </Field>
      <Field name="lateAfter" label={text('form.late-after')}>
        {(control) => (
          <Input
            {...control}
            inputMode="numeric"
            value={draft.lateAfter}
            onChange={(event) => onChange({ ...draft, lateAfter: event.target.value })}
          />
        )}
      </Field>
    </>
  );
}
