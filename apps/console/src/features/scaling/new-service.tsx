import { Input } from 'antd';
import { useId, useState } from 'react';
import { useText } from '../../i18n/language.js';
import { NOTHING_YET } from './scaling-draft.js';
import { ScalingEditor } from './scaling-editor.js';

/** Gives strategies to a service that has none. */
export function NewService({ taken }: Readonly<{ taken: readonly string[] }>) {
  const text = useText();
  const field = useId();
  const [name, setName] = useState('');
  const service = name.trim();
  const isTaken = taken.includes(service);
  return (
    <>
      <div className="field">
        <label htmlFor={field}>{text('common.service')}</label>
        <Input
          id={field}
          className="search"
          maxLength={60}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <span className={isTaken ? 'bad-text' : 'quiet'}>
          {text(isTaken ? 'scaling.new.taken' : 'scaling.new.note')}
        </span>
      </div>
      <ScalingEditor
        service={service}
        settings={NOTHING_YET}
        version={0}
        refused={service === '' || isTaken ? text('scaling.new.name') : undefined}
        onSaved={() => setName('')}
      />
    </>
  );
}
