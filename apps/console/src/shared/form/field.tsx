import { createContext, use, type ReactNode } from 'react';

/** `told`: by the server, in its own English words; otherwise in the reader's language. */
export type FieldFault = Readonly<{ words: string; told: boolean }>;

/** What is wrong with each field, by its name. */
export const FieldFaults = createContext<ReadonlyMap<string, FieldFault>>(new Map());

export type Control = Readonly<{
  id: string;
  'aria-describedby': string | undefined;
  status: 'error' | '';
}>;

type FieldProps = Readonly<{
  name: string;
  label: ReactNode;
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
  const fault = use(FieldFaults).get(name);
  if (!fault) return null;
  return (
    <span className="bad-text fault" id={`${idOf(name)}-fault`}>
      {fault.told ? <span lang="en">{fault.words}</span> : fault.words}
    </span>
  );
}

function idOf(name: string): string {
  return `field-${name.replaceAll(/[^\w-]/g, '_')}`;
}
