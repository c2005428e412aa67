import { Alert, Button, Input, Select } from 'antd';
import { ApiProblem, routes, type AccountBody } from '@springtide/contracts';
import { useRef, useState, type FormEvent } from 'react';
import { Link, useNavigate } from 'react-router';
import { useText } from '../../i18n/language.js';
import { useCommand } from '../../shared/api/use-answer.js';
import { useMay } from '../../shared/api/use-may.js';
import { FaultNote, Field, FieldFaults } from '../../shared/form/field.js';
import { focusFirst } from '../../shared/form/focus-first.js';
import { useKeptDraft } from '../../shared/form/kept-draft.js';
import { problemPlaces } from '../../shared/form/problem-places.js';
import { Lacking } from '../../shared/ui/lacking.js';
import { Section } from '../../shared/ui/page.js';
import { ProblemNote } from '../../shared/ui/problem-note.js';
import {
  MEMBER_FIELDS,
  NEW_ENTRANCE,
  NEW_MEMBER,
  carriers,
  entrancesOf,
  faultsIn,
  inputOf,
  namesIn,
  type EntranceDraft,
} from './entrance-draft.js';

type Props = Readonly<{ owner: string; accounts: readonly AccountBody[] }>;

/** Declares an entrance. Its traffic goes to the home group at once, so the form says so before it is sent. */
export function EntranceForm({ owner, accounts }: Props) {
  const text = useText();
  const navigate = useNavigate();
  const form = useRef<HTMLFormElement>(null);
  const create = useCommand(routes.routeCreate);
  const may = useMay('route:write');
  const { draft, change, restored, discard, forget } = useKeptDraft(owner, 'entrance.new', NEW_ENTRANCE);
  const [tried, setTried] = useState(false);
  const faults = faultsIn(draft);
  const told = problemPlaces(create.error, namesIn(draft));
  const isTaken = create.error instanceof ApiProblem && create.error.code === 'already-exists';
  const shown = new Map([
    ...told.byField,
    ...(isTaken ? [['name', { words: text('entrance.taken'), told: false }] as const] : []),
    ...(tried
      ? [...faults].map(
          ([name, code]) => [name, { words: text(`entrance.fault.${code}`), told: false }] as const,
        )
      : []),
  ]);
  const send = (event: FormEvent): void => {
    event.preventDefault();
    setTried(true);
    if (faults.size > 0) return focusFirst(form.current);
    create.mutate(
      { body: inputOf(draft) },
      {
        onSuccess: ({ id }) => {
          forget();
          void navigate(`/routes/${id}`);
        },
        onError: () => focusFirst(form.current),
      },
    );
  };
  return (
    <FieldFaults value={shown}>
      <form ref={form} className="entry-form" noValidate onSubmit={send}>
        {restored && (
          <Alert
            type="info"
            showIcon
            title={text('entrance.restored')}
            action={<Button onClick={discard}>{text('entrance.anew')}</Button>}
          />
        )}
        <Section title={text('entrance.which')} note={text('entrance.which.note')}>
          <WhichFields accounts={accounts} draft={draft} onChange={change} />
        </Section>
        <Section title={text('entrance.home')} note={text('entrance.home.enter')}>
          <HomeFields draft={draft} onChange={change} />
        </Section>
        {told.rest && <ProblemNote error={told.rest} />}
        {tried && faults.size > 0 && (
          <p className="bad-text" role="alert">
            {text('entrance.faults', { count: faults.size })}
          </p>
        )}
        <Lacking permission="route:write" />
        <div className="actions">
          <Button type="primary" htmlType="submit" loading={create.isPending} disabled={may !== true}>
            {text('entrance.declare')}
          </Button>
          <Link to="/routes">{text('entrance.back')}</Link>
          <span className="quiet">{text('entrance.declare.note')}</span>
        </div>
      </form>
    </FieldFaults>
  );
}

type DraftProps = Readonly<{ draft: EntranceDraft; onChange: (draft: EntranceDraft) => void }>;

function WhichFields({ accounts, draft, onChange }: DraftProps & Pick<Props, 'accounts'>) {
  const text = useText();
  const able = carriers(accounts);
  const account = able.find(({ id }) => id === draft.accountId);
  return (
    <div className="form-row">
      <Field
        name="accountId"
        label={text('machine.account')}
        note={text(able.length === 0 ? 'entrance.account.none' : 'entrance.account.note')}
      >
        {(control) => (
          <Select
            {...control}
            value={account?.id ?? null}
            placeholder={text('entrance.choose')}
            onChange={(accountId: string) => onChange({ ...draft, accountId, name: '' })}
            options={able.map(({ id, name }) => ({ value: id, label: name }))}
          />
        )}
      </Field>
      <Field name="name" label={text('entrance.one')} note={text('entrance.one.note')}>
        {(control) => (
          <Select
            {...control}
            disabled={account === undefined}
            value={draft.name === '' ? null : draft.name}
            placeholder={text('entrance.choose')}
            onChange={(name: string) => {
              return onChange({ ...draft, name, service: draft.service === '' ? name : draft.service });
            }}
            options={(account ? entrancesOf(account) : []).map((name) => ({ value: name, label: name }))}
          />
        )}
      </Field>
      {(['service', 'healthPath'] as const).map((field) => (
        <Field
          key={field}
          name={field}
          label={text(`entrance.${field}`)}
          note={text(`entrance.${field}.note`)}
        >
          {(control) => (
            <Input
              {...control}
              autoComplete="off"
              value={draft[field]}
              onChange={({ target }) => onChange({ ...draft, [field]: target.value })}
            />
          )}
        </Field>
      ))}
    </div>
  );
}

function HomeFields({ draft, onChange }: DraftProps) {
  const text = useText();
  const { home } = draft;
  return (
    <>
      {home.map((member, at) => (
        <fieldset className="shape rule" key={at}>
          <legend>{text('entrance.member', { number: at + 1 })}</legend>
          <div className="entries">
            {MEMBER_FIELDS.map((field) => (
              <Field key={field} name={`home.${at}.${field}`} label={text(`entrance.member.${field}`)}>
                {(control) => (
                  <Input
                    {...control}
                    autoComplete="off"
                    value={member[field]}
                    onChange={({ target }) => {
                      return onChange({
                        ...draft,
                        home: home.with(at, { ...member, [field]: target.value }),
                      });
                    }}
                  />
                )}
              </Field>
            ))}
          </div>
          <Button onClick={() => onChange({ ...draft, home: home.toSpliced(at, 1) })}>
            {text('entrance.member.remove', { number: at + 1 })}
          </Button>
        </fieldset>
      ))}
      <FaultNote name="home" />
      <Button onClick={() => onChange({ ...draft, home: [...home, NEW_MEMBER] })}>
        {text('entrance.member.add')}
      </Button>
    </>
  );
}
