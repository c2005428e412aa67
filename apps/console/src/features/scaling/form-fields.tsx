import { Input, InputNumber } from 'antd';
import { createContext, useContext, useId, type ReactNode } from 'react';
import { useText } from '../../i18n/language.js';
import type { WrongPlaces } from './scaling-draft.js';

/** What is wrong in the form, by the API's paths. */
export const Wrong = createContext<WrongPlaces>(new Set());

/** Whether something is wrong there, or inside it. */
export function useIsWrong(path: string): boolean {
  return [...useContext(Wrong)].some((place) => place === path || place.startsWith(`${path}.`));
}

/** A part of the form, and of what is sent. */
export type FieldName =
  | 'floor'
  | 'ceiling'
  | 'cooldownSeconds'
  | 'largestScaleIn'
  | 'amount'
  | 'currency'
  | 'id'
  | 'machines'
  | 'until'
  | 'timeZone'
  | 'holidays'
  | 'days'
  | 'from'
  | 'to'
  | 'metric'
  | 'targetPerMachine'
  | 'url'
  | 'query'
  | 'seriesId'
  | 'capacityPerMachine'
  | 'leadSeconds';

type Control = Readonly<{
  id: string;
  'aria-invalid': true | undefined;
  'aria-describedby': string | undefined;
}>;

type FieldProps = Readonly<{
  name: FieldName;
  path: string;
  /** Stands below while nothing is wrong. */
  hint?: string | undefined;
  className?: string;
  children: (control: Control) => ReactNode;
}>;

/** A name, what is entered, and below it what is wrong there and how it would be right. */
export function Field({ name, path, hint, className = 'field', children }: FieldProps) {
  const text = useText();
  const id = useId();
  const isWrong = useIsWrong(path);
  const note = isWrong ? text(`scaling.wrong.${name}`) : hint;
  return (
    <div className={className}>
      <label htmlFor={id}>{text(`scaling.field.${name}`)}</label>
      {children({
        id,
        'aria-invalid': isWrong || undefined,
        'aria-describedby': note === undefined ? undefined : `${id}-note`,
      })}
      {note !== undefined && (
        <span id={`${id}-note`} className={isWrong ? 'bad-text' : 'quiet'}>
          {note}
        </span>
      )}
    </div>
  );
}

type Entry<T> = Readonly<{
  name: FieldName;
  path: string;
  value: T;
  onChange: (value: T) => void;
  hint?: string | undefined;
}>;

/** What is out of range stays as it was typed and is told; it is never changed to something else unseen. */
export function NumberField({
  value,
  onChange,
  whole,
  ...field
}: Entry<number | null> & { whole?: boolean }) {
  return (
    <Field {...field}>
      {(control) => (
        <InputNumber
          {...control}
          {...(whole ? { precision: 0 } : {})}
          status={control['aria-invalid'] ? 'error' : ''}
          value={value}
          onChange={onChange}
        />
      )}
    </Field>
  );
}

export function TextField({ value, onChange, most, ...field }: Entry<string> & { most: number }) {
  return (
    <Field {...field}>
      {(control) => (
        <Input
          {...control}
          status={control['aria-invalid'] ? 'error' : ''}
          maxLength={most}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

/** The browser's own field for a time of the day. */
export function TimeField({ value, onChange, ...field }: Entry<string>) {
  return (
    <Field {...field}>
      {(control) => (
        <input {...control} type="time" value={value} onChange={(event) => onChange(event.target.value)} />
      )}
    </Field>
  );
}
