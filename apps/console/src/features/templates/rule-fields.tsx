import { Button, Input, Select } from 'antd';
import { useText } from '../../i18n/language.js';
import { FaultNote, Field } from '../../shared/form/field.js';
import { RULE_KINDS, type RuleDraft } from './template-draft.js';

type Props = Readonly<{
  path: string;
  rule: RuleDraft;
  number: number;
  onChange: (rule: RuleDraft) => void;
  onRemove: () => void;
}>;

/** One measurement: of what, how much, at which latency, and where the number comes from. */
export function RuleFields({ path, rule, number, onChange, onRemove }: Props) {
  const text = useText();
  const typed = (field: Exclude<keyof RuleDraft, 'kind'>, label: string) => (
    <Field name={`${path}.${field}`} label={label}>
      {(control) => (
        <Input
          {...control}
          autoComplete="off"
          value={rule[field]}
          onChange={({ target }) => onChange({ ...rule, [field]: target.value })}
        />
      )}
    </Field>
  );
  return (
    <fieldset className="shape rule">
      <legend>{text('template.measurement', { number })}</legend>
      <div className="entries">
        <Field name={`${path}.kind`} label={text('template.rule')}>
          {(control) => (
            <Select
              {...control}
              value={rule.kind}
              onChange={(kind) => onChange({ ...rule, kind })}
              options={RULE_KINDS.map((value) => ({ value, label: text(`template.kind.${value}`) }))}
            />
          )}
        </Field>
        {typed('name', text(rule.kind === 'machineType' ? 'common.machine-type' : 'template.family-name'))}
        {rule.kind === 'size' && typed('vcpu', text('template.vcpu'))}
        {typed(
          'requestsPerSecond',
          text(rule.kind === 'family' ? 'template.requestsPerSecondPerVcpu' : 'template.requestsPerSecond'),
        )}
        {typed('latencyTargetMs', text('template.latencyTargetMs.typed'))}
        {typed('evidence', text('template.evidence'))}
      </div>
      <FaultNote name={path} />
      <Button onClick={onRemove}>{text('template.remove-rule', { number })}</Button>
    </fieldset>
  );
}
