import { Button, Input } from 'antd';
import { routes, type FreezeBody } from '@springtide/contracts';
import { useId, useState, type FormEvent } from 'react';
import { useText } from '../../i18n/language.js';
import { useCommand } from '../../shared/api/use-answer.js';
import { useFormat } from '../../shared/format/format.js';
import { Grid } from '../../shared/ui/grid.js';
import { Section } from '../../shared/ui/page.js';
import { ProblemNote } from '../../shared/ui/problem-note.js';
import { CHINA, instantInChina } from './calendar-days.js';

/** Periods in which nothing is to be changed. */
export function Freezes({ freezes }: Readonly<{ freezes: readonly FreezeBody[] }>) {
  const text = useText();
  const format = useFormat();
  const remove = useCommand(routes.freezeDelete);
  return (
    <Section title={text('calendar.freezes')} note={text('calendar.freezes-note')}>
      {remove.error && <ProblemNote error={remove.error} />}
      <Grid
        label={text('calendar.freezes')}
        rows={freezes}
        keyOf={(row) => row.id}
        empty={text('calendar.no-freezes')}
        columns={[
          { key: 'name', title: text('calendar.freeze-name'), cell: (row) => row.name },
          {
            key: 'from',
            title: text('calendar.freeze-from'),
            cell: (row) => format.instant(row.startsAt, CHINA),
          },
          { key: 'to', title: text('calendar.freeze-to'), cell: (row) => format.instant(row.endsAt, CHINA) },
          {
            key: 'remove',
            title: text('common.actions'),
            cell: (row) => (
              <Button
                size="small"
                danger
                loading={remove.isPending}
                aria-label={text('calendar.freeze-remove-one', { name: row.name })}
                onClick={() => remove.mutate({ params: { id: row.id } })}
              >
                {text('calendar.freeze-remove')}
              </Button>
            ),
          },
        ]}
      />
      <FreezeForm />
    </Section>
  );
}

const EMPTY = { name: '', from: '', to: '' };

function FreezeForm() {
  const text = useText();
  const field = useId();
  const create = useCommand(routes.freezeCreate);
  const [entered, setEntered] = useState(EMPTY);
  const { name, from, to } = entered;
  const whole = name.trim() !== '' && from !== '' && to !== '';
  const disordered = from !== '' && to !== '' && to <= from;
  const send = (event: FormEvent): void => {
    event.preventDefault();
    if (!whole || disordered) return;
    create.mutate(
      { body: { name, startsAt: instantInChina(from), endsAt: instantInChina(to) } },
      { onSuccess: () => setEntered(EMPTY) },
    );
  };
  return (
    <form className="freeze-form" onSubmit={send}>
      <label htmlFor={`${field}-name`}>{text('calendar.freeze-name')}</label>
      <Input
        id={`${field}-name`}
        maxLength={120}
        value={name}
        onChange={(event) => setEntered({ ...entered, name: event.target.value })}
      />
      {(['from', 'to'] as const).map((edge) => (
        <div key={edge}>
          <label htmlFor={`${field}-${edge}`}>{text(`calendar.freeze-${edge}`)}</label>
          <input
            id={`${field}-${edge}`}
            type="datetime-local"
            value={entered[edge]}
            onChange={(event) => setEntered({ ...entered, [edge]: event.target.value })}
          />
        </div>
      ))}
      {disordered && (
        <p className="bad-text" role="alert">
          {text('calendar.freeze-order')}
        </p>
      )}
      {create.error && <ProblemNote error={create.error} />}
      <Button htmlType="submit" disabled={!whole || disordered} loading={create.isPending}>
        {text('calendar.freeze-add')}
      </Button>
    </form>
  );
}
