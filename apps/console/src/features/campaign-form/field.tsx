import { createContext, use, type ReactNode } from 'react';
import { useText } from '../../i18n/language.js';
import type { FaultCode } from './draft-faults.js';

/** Found here, or told by the server in its own words. */
export type FieldFault = Readonly<{ code: FaultCode } | { told: string }>;

/** What is wrong with each field, by its name. */
export const FieldFaults = createContext<ReadonlyMap<string, FieldFault>>(new Map());

type Control = Readonly<{
  id: string;
  'aria-describedby': string | undefined;
  status: 'error' | '';
}>;

type FieldProps = Readonly<{
  name: string;
  label: string;
  note?: ReactNode;
  children: (control: Control) => ReactNode;
}>;

/** A control under its name, with what is wrong about it beneath. */
export function Field({ name, label, note, children }: FieldProps) {
  const fault = use(FieldFaults).get(name);
  const id = idOf(name);
  return (
    <div className={fault ? 'field wrong' : 'field'}>
      <label htmlFor={id}>{label}</label>
      {children({ id, 'aria-describedby': fault && `${id}-fault`, status: fault ? 'error' : '' })}
      {note && !fault && <span className="quiet">{note}</span>}
      <FaultNote name={name} />
    </div>
  );
}

/** For what has no single control: all phases, all demand, all clouds. */
export function FaultNote({ name }: Readonly<{ name: string }>) {
  const text = useText();
  const fault = use(FieldFaults).get(name);
  if (!fault) return null;
  return (
    <span className="bad-text fault" id={`${idOf(name)}-fault`}>
      {'code' in fault ? text(`form.fault.${fault.code}`) : <span lang="en">{fault.told}</span>}
    </span>
  );
}

function idOf(name: string): string {
  return `field-${name.replaceAll(/[^\w-]/g, '_')}`;
}
