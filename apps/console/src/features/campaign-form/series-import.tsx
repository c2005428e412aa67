import { Button, Input, Select } from 'antd';
import { routes, type DemandSeriesSummary } from '@springtide/contracts';
import { useId, useState } from 'react';
import { useText } from '../../i18n/language.js';
import { useCommand } from '../../shared/api/use-answer.js';
import { ProblemNote } from '../../shared/ui/problem-note.js';

type Props = Readonly<{ onImported: (series: DemandSeriesSummary) => void }>;

const FILLINGS = ['linear', 'hold'] as const;

/** A history that is not known yet: pasted, dropped or chosen as a file. */
export function SeriesImport({ onImported }: Props) {
  const text = useText();
  const field = useId();
  const command = useCommand(routes.demandImport);
  const [name, setName] = useState('');
  const [csv, setCsv] = useState('');
  const [filling, setFilling] = useState<(typeof FILLINGS)[number]>('linear');
  const take = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    setCsv(await file.text());
    if (name.trim() === '') setName(file.name.replace(/\.csv$/i, ''));
  };
  const send = (): void =>
    command.mutate(
      { body: { name, source: { kind: 'csv', text: csv }, filling } },
      { onSuccess: onImported },
    );
  return (
    <details>
      <summary>{text('form.import')}</summary>
      <div className="import">
        <label htmlFor={`${field}-csv`}>{text('form.import.csv')}</label>
        <Input.TextArea
          id={`${field}-csv`}
          rows={5}
          className="csv"
          spellCheck={false}
          placeholder={'timestamp,value\n2025-11-10T23:00:00+08:00,4200'}
          value={csv}
          onChange={(event) => setCsv(event.target.value)}
          onDragOver={(event) => event.preventDefault()}
          onDrop={(event) => {
            event.preventDefault();
            void take(event.dataTransfer.files[0]);
          }}
        />
        <label htmlFor={`${field}-file`}>{text('form.import.file')}</label>
        <input
          id={`${field}-file`}
          type="file"
          accept=".csv,text/csv,text/plain"
          onChange={(event) => void take(event.target.files?.[0])}
        />
        <label htmlFor={`${field}-name`}>{text('form.import.name')}</label>
        <Input
          id={`${field}-name`}
          maxLength={120}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <label htmlFor={`${field}-filling`}>{text('form.import.filling')}</label>
        <Select
          id={`${field}-filling`}
          value={filling}
          onChange={setFilling}
          options={FILLINGS.map((value) => ({ value, label: text(`form.import.filling.${value}`) }))}
        />
        {command.error && <ProblemNote error={command.error} />}
        <Button disabled={name.trim() === '' || csv.trim() === ''} loading={command.isPending} onClick={send}>
          {text('form.import.send')}
        </Button>
        {command.isSuccess && <span role="status">{text('form.import.done')}</span>}
      </div>
    </details>
  );
}
