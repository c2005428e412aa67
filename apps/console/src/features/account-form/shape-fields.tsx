import { Button, Input } from 'antd';
import { use, type ReactNode } from 'react';
import { useText } from '../../i18n/language.js';
import { FaultNote, Field, FieldFaults } from '../../shared/form/field.js';
import { fieldWords } from './field-words.js';
import type { FieldShape, Shape } from './shape.js';
import {
  fieldNames,
  listOf,
  objectOf,
  shapeValue,
  shownFields,
  textOf,
  type DraftFields,
  type ShapeDraft,
} from './shape-draft.js';
import { TextControl } from './text-control.js';

type FieldsProps = Readonly<{
  fields: readonly FieldShape[];
  path: string;
  draft: DraftFields;
  secret?: boolean;
  onChange: (draft: DraftFields) => void;
}>;

/** The fields of an object: what must be given at once, the rest behind a heading that opens. */
export function ShapeFields({ fields, path, draft, secret = false, onChange }: FieldsProps) {
  const text = useText();
  const faults = use(FieldFaults);
  const one = (field: FieldShape): ReactNode => (
    <ShapeField
      key={field.name}
      field={field}
      path={`${path}.${field.name}`}
      draft={draft[field.name]}
      secret={secret}
      onChange={(next) => onChange({ ...draft, [field.name]: next })}
    />
  );
  const rest = fields.filter(({ required }) => !required);
  const isWrong = rest.some((field) => {
    const names = fieldNames(field.shape, draft[field.name], `${path}.${field.name}`);
    return names.some((name) => faults.has(name));
  });
  return (
    <>
      <div className="form-row">{fields.filter(({ required }) => required).map(one)}</div>
      {rest.length > 0 && (
        <details {...(isWrong ? { open: true } : {})}>
          <summary>{text('account.more-fields', { count: rest.length })}</summary>
          <div className="form-row">{rest.map(one)}</div>
        </details>
      )}
    </>
  );
}

type FieldProps = Readonly<{
  field: FieldShape;
  path: string;
  draft: ShapeDraft | undefined;
  secret: boolean;
  onChange: (draft: ShapeDraft) => void;
}>;

function ShapeField({ field, path, draft, secret, onChange }: FieldProps) {
  const text = useText();
  const { words, known } = fieldWords(text, field.name);
  const { shape } = field;
  if (isPlain(shape)) {
    return (
      <Field name={path} label={known ? words : <span lang="en">{words}</span>} note={<Hint field={field} />}>
        {(control) => (
          <TextControl
            control={control}
            shape={shape}
            preset={field.preset}
            secret={secret}
            value={textOf(draft)}
            onChange={onChange}
          />
        )}
      </Field>
    );
  }
  return (
    <fieldset className="shape">
      <legend lang={known ? undefined : 'en'}>{words}</legend>
      <Hint field={field} />
      <NestedShape shape={shape} path={path} draft={draft} onChange={onChange} />
      <FaultNote name={path} />
    </fieldset>
  );
}

type Plain = Extract<Shape, { kind: 'text' | 'choice' | 'lines' | 'json' }>;

function isPlain(shape: Shape): shape is Plain {
  return ['text', 'choice', 'lines', 'json'].includes(shape.kind);
}

function Hint({ field }: Readonly<{ field: FieldShape }>) {
  const text = useText();
  const { shape, description } = field;
  return (
    <>
      {description !== '' && <span lang="en">{description} </span>}
      {shape.kind === 'lines' && text('account.one-per-line')}
      {shape.kind === 'json' && text('account.as-json')}
    </>
  );
}

type NestedProps = Readonly<{
  shape: Shape;
  path: string;
  draft: ShapeDraft | undefined;
  onChange: (draft: ShapeDraft) => void;
}>;

function NestedShape({ shape, path, draft, onChange }: NestedProps) {
  const text = useText();
  if (shape.kind === 'list') return <Items shape={shape} path={path} draft={draft} onChange={onChange} />;
  if (shape.kind === 'entries')
    return <Entries shape={shape} path={path} draft={draft} onChange={onChange} />;
  const typed = objectOf(draft);
  const fields = <ShapeFields {...{ path, onChange }} fields={shownFields(shape, draft)} draft={typed} />;
  if (shape.kind !== 'variants') return fields;
  const { words } = fieldWords(text, shape.by);
  return (
    <>
      <Field name={`${path}.${shape.by}`} label={words}>
        {(control) => (
          <TextControl
            control={control}
            shape={{ kind: 'choice', options: Object.keys(shape.variants), flag: false }}
            preset=""
            secret={false}
            value={textOf(typed[shape.by])}
            onChange={(next) => onChange({ ...typed, [shape.by]: next })}
          />
        )}
      </Field>
      {fields}
    </>
  );
}

type ItemsProps = NestedProps & Readonly<{ shape: Extract<Shape, { kind: 'list' }> }>;

function Items({ shape, path, draft, onChange }: ItemsProps) {
  const text = useText();
  const items = listOf(draft);
  return (
    <>
      {items.map((item, at) => (
        <div
          className="shape-item"
          key={`${path}.${at}`}
          role="group"
          aria-label={text('account.item', { number: at + 1 })}
        >
          <NestedShape
            shape={shape.item}
            path={`${path}.${at}`}
            draft={item}
            onChange={(next) => onChange(items.with(at, next))}
          />
          <FaultNote name={`${path}.${at}`} />
          <Button onClick={() => onChange(items.toSpliced(at, 1))}>
            {text('account.remove-item', { number: at + 1 })}
          </Button>
        </div>
      ))}
      <Button onClick={() => onChange([...items, {}])}>{text('account.add-item')}</Button>
    </>
  );
}

type EntriesProps = NestedProps & Readonly<{ shape: Extract<Shape, { kind: 'entries' }> }>;

function Entries({ shape, path, draft, onChange }: EntriesProps) {
  const text = useText();
  const entries = listOf(draft);
  const set = (at: number, entry: DraftFields): void => onChange(entries.with(at, entry));
  return (
    <>
      {entries.map(objectOf).map((entry, at) => (
        <div
          className="shape-item"
          key={`${path}.${at}`}
          role="group"
          aria-label={text('account.item', { number: at + 1 })}
        >
          <label className="entry-name">
            <span className="label">{text('account.entry-name')}</span>
            <Input
              value={textOf(entry['key'])}
              onChange={({ target }) => set(at, { ...entry, key: target.value })}
            />
          </label>
          <EntryValue
            shape={shape.value}
            path={`${path}.${textOf(entry['key'])}`}
            draft={entry['value']}
            onChange={(value) => set(at, { ...entry, value })}
          />
          <Button onClick={() => onChange(entries.toSpliced(at, 1))}>
            {text('account.remove-item', { number: at + 1 })}
          </Button>
        </div>
      ))}
      <Button onClick={() => onChange([...entries, { key: '', value: '' }])}>
        {text('account.add-item')}
      </Button>
    </>
  );
}

function EntryValue({ shape, path, draft, onChange }: NestedProps) {
  const text = useText();
  if (!isPlain(shape)) return <NestedShape {...{ shape, path, draft, onChange }} />;
  return (
    <Field name={path} label={text('account.entry-value')}>
      {(control) => (
        <TextControl
          control={control}
          shape={shape}
          preset=""
          secret={false}
          value={textOf(draft)}
          onChange={onChange}
        />
      )}
    </Field>
  );
}

/** Whether anything is typed. */
export function isTyped(fields: readonly FieldShape[], draft: DraftFields): boolean {
  return fields.some(({ name, shape }) => shapeValue(shape, draft[name]) !== undefined);
}
