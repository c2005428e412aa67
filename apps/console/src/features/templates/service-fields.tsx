import { Button, Input } from 'antd';
import { useText } from '../../i18n/language.js';
import { FaultNote, Field } from '../../shared/form/field.js';
import { Section } from '../../shared/ui/page.js';
import { ImageFields } from './image-fields.js';
import { RuleFields } from './rule-fields.js';
import { NEW_RULE, NUMBERS, SHARES, TEXTS, type ServiceDraft } from './template-draft.js';

type Props = Readonly<{
  path: string;
  service: ServiceDraft;
  number: number;
  onChange: (service: ServiceDraft) => void;
  /** Left out for the only one. */
  onRemove: (() => void) | undefined;
}>;

export function ServiceFields({ path, service, number, onChange, onRemove }: Props) {
  const text = useText();
  const title = service.name.trim() === '' ? text('template.service', { number }) : service.name;
  const { rules } = service;
  return (
    <Section
      title={title}
      aside={
        onRemove && <Button onClick={onRemove}>{text('template.remove-service', { name: title })}</Button>
      }
    >
      <FaultNote name={path} />
      <PlainFields path={path} service={service} fields={TEXTS} onChange={onChange} />
      <PlainFields path={path} service={service} fields={[...NUMBERS, ...SHARES]} onChange={onChange} />
      <h3>{text('template.capacity')}</h3>
      <p className="quiet">{text('template.capacity.note')}</p>
      {rules.map((rule, at) => (
        <RuleFields
          key={at}
          path={`${path}.capacityModel.${at}`}
          rule={rule}
          number={at + 1}
          onChange={(next) => onChange({ ...service, rules: rules.with(at, next) })}
          onRemove={() => onChange({ ...service, rules: rules.toSpliced(at, 1) })}
        />
      ))}
      <FaultNote name={`${path}.capacityModel`} />
      <p>
        <Button onClick={() => onChange({ ...service, rules: [...rules, NEW_RULE] })}>
          {text('template.add-rule')}
        </Button>
      </p>
      <h3>{text('template.images')}</h3>
      <p className="quiet">{text('template.images.note')}</p>
      <ImageFields
        path={path}
        images={service.images}
        onChange={(images) => onChange({ ...service, images })}
      />
      <h3>{text('template.userData')}</h3>
      <Field
        name={`${path}.userData`}
        label={text('template.userData.label')}
        note={text('template.userData.note')}
      >
        {(control) => (
          <Input.TextArea
            {...control}
            className="code"
            rows={4}
            spellCheck={false}
            value={service.userData}
            onChange={({ target }) => onChange({ ...service, userData: target.value })}
          />
        )}
      </Field>
    </Section>
  );
}

type Plain = (typeof TEXTS)[number] | (typeof NUMBERS)[number] | (typeof SHARES)[number];

type PlainProps = Readonly<{
  path: string;
  service: ServiceDraft;
  fields: readonly Plain[];
  onChange: (service: ServiceDraft) => void;
}>;

function PlainFields({ path, service, fields, onChange }: PlainProps) {
  const text = useText();
  const isShare = (field: Plain): boolean => SHARES.some((one) => one === field);
  return (
    <div className="form-row">
      {fields.map((field) => (
        <Field
          key={field}
          name={`${path}.${field}`}
          label={text(`template.${field}`)}
          note={text(`template.${field}.note`)}
        >
          {(control) => (
            <Input
              {...control}
              autoComplete="off"
              suffix={isShare(field) ? '%' : undefined}
              value={service[field]}
              onChange={({ target }) => onChange({ ...service, [field]: target.value })}
            />
          )}
        </Field>
      ))}
    </div>
  );
}
