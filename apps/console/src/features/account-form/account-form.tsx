import { Alert, Button, Input } from 'antd';
import type { AccountBody, ProviderBody } from '@springtide/contracts';
import { useMutation } from '@tanstack/react-query';
import { useMemo, useRef, useState, type FormEvent } from 'react';
import { Link, useNavigate } from 'react-router';
import { useText, type Text } from '../../i18n/language.js';
import { useMay } from '../../shared/api/use-may.js';
import { Field, FieldFaults, type FieldFault } from '../../shared/form/field.js';
import { focusFirst } from '../../shared/form/focus-first.js';
import { useKeptDraft } from '../../shared/form/kept-draft.js';
import { nearest, problemPlaces } from '../../shared/form/problem-places.js';
import { Lacking } from '../../shared/ui/lacking.js';
import { Section } from '../../shared/ui/page.js';
import { ProblemNote } from '../../shared/ui/problem-note.js';
import { accountShape, draftOf, missingIn, namesIn, NO_ACCOUNT, valuesOf } from './account-draft.js';
import type { DraftFields } from './shape-draft.js';
import { isTyped, ShapeFields } from './shape-fields.js';
import { isOvertaken, useSaveAccount } from './use-save-account.js';
import { VerdictNote } from './verdict-note.js';
import { verdictOf, type Verdict } from './verdict.js';

type Props = Readonly<{
  /** Who types: what was typed before is found by it. */
  owner: string;
  provider: ProviderBody;
  /** Null: it is not registered yet. */
  account: AccountBody | null;
}>;

const NO_SECRET: DraftFields = {};

/**
 * Registers an account, or changes one. What the cloud finds wrong is told at its fields, and corrected in the same form.
 * A secret is never kept: not by the browser, and not by this page once it is stored.
 */
export function AccountForm({ owner, provider, account }: Props) {
  const text = useText();
  const navigate = useNavigate();
  const form = useRef<HTMLFormElement>(null);
  const may = useMay('account:write');
  const shape = useMemo(() => accountShape(provider), [provider]);
  const [initial] = useState(() => (account === null ? NO_ACCOUNT : draftOf(account, shape)));
  const subject =
    account === null ? `account.new.${provider.id}` : `account.${account.id}.${account.credentialVersion}`;
  const { draft, change, restored, discard, forget } = useKeptDraft(owner, subject, initial);
  const [secret, setSecret] = useState(NO_SECRET);
  const [stored, setStored] = useState(account);
  const [checked, setChecked] = useState<AccountBody | null>(null);
  const [tried, setTried] = useState(false);
  const { register, correct } = useSaveAccount();
  const typed = isTyped(shape.secret, secret);
  const names = namesIn(shape, draft, secret);
  const missing = missingIn(shape, draft, stored === null || typed ? secret : undefined);
  const save = useMutation<AccountBody>({
    mutationFn: async () => {
      const entered = { name: draft.name.trim(), settings: valuesOf(shape.settings, draft.settings) };
      const whole = { ...entered, secret: valuesOf(shape.secret, secret) };
      if (stored === null) return await register(provider.id, whole);
      return await correct(stored, typed ? whole : entered, setStored);
    },
    onSuccess: (saved) => {
      forget();
      setStored(saved);
      setChecked(saved);
      setSecret(NO_SECRET);
      if (verdictOf(saved) === undefined) void navigate(`/accounts/${saved.id}`);
      else focusFirst(form.current);
    },
    onError: () => focusFirst(form.current),
  });
  const verdict = checked === null ? undefined : verdictOf(checked);
  const told = problemPlaces(save.error, names);
  const faults = new Map([
    ...verdictFaults(text, verdict, names),
    ...told.byField,
    ...(tried ? missing.map((name) => [name, { words: text('account.fill-in'), told: false }] as const) : []),
  ]);
  const send = (event: FormEvent): void => {
    event.preventDefault();
    setTried(true);
    if (missing.length > 0) return focusFirst(form.current);
    save.mutate();
  };
  return (
    <FieldFaults value={faults}>
      <form ref={form} className="entry-form" noValidate autoComplete="off" onSubmit={send}>
        {restored && (
          <Alert
            type="info"
            showIcon
            title={text('account.restored')}
            action={<Button onClick={discard}>{text('account.anew')}</Button>}
          />
        )}
        {checked !== null && <VerdictNote account={checked} verdict={verdict} />}
        <Section title={provider.title}>
          <div className="form-row">
            <Field name="name" label={text('common.name')} note={text('account.name.note')}>
              {(control) => (
                <Input
                  {...control}
                  maxLength={120}
                  autoComplete="off"
                  value={draft.name}
                  onChange={({ target }) => change({ ...draft, name: target.value })}
                />
              )}
            </Field>
          </div>
          <ShapeFields
            fields={shape.settings}
            path="settings"
            draft={draft.settings}
            onChange={(settings) => change({ ...draft, settings })}
          />
        </Section>
        <Section
          title={text('account.secret')}
          note={text(stored === null ? 'account.secret.note' : 'account.secret.stored')}
        >
          {shape.secret.length === 0 && <p>{text('account.secret.none')}</p>}
          <ShapeFields fields={shape.secret} path="secret" draft={secret} secret onChange={setSecret} />
          <SecretFault faults={faults} />
        </Section>
        {isOvertaken(save.error) && stored !== null && (
          <Alert
            type="warning"
            showIcon
            role="alert"
            title={text('account.overtaken')}
            action={
              <Link reloadDocument to={`/accounts/${stored.id}/edit`} onClick={forget}>
                {text('account.overtaken.open')}
              </Link>
            }
          />
        )}
        {told.rest && !isOvertaken(save.error) && <ProblemNote error={told.rest} />}
        {tried && missing.length > 0 && (
          <p className="bad-text" role="alert">
            {text('account.faults', { count: missing.length })}
          </p>
        )}
        <Lacking permission="account:write" />
        <div className="actions">
          <Button type="primary" htmlType="submit" loading={save.isPending} disabled={may !== true}>
            {text(stored === null ? 'account.register' : 'account.save')}
          </Button>
          {stored !== null && <Link to={`/accounts/${stored.id}`}>{text('account.back')}</Link>}
          <span className="quiet">
            {text(stored === null ? 'account.register.note' : 'account.save.note')}
          </span>
        </div>
      </form>
    </FieldFaults>
  );
}

/** What is wrong with the credential as a whole: no field of it alone. */
function SecretFault({ faults }: Readonly<{ faults: ReadonlyMap<string, FieldFault> }>) {
  const fault = faults.get('secret');
  if (fault === undefined) return null;
  return (
    <p className="bad-text" lang={fault.told ? 'en' : undefined}>
      {fault.words}
    </p>
  );
}

/** The verdict of the cloud at the fields that it is about. */
function verdictFaults(
  text: Text,
  verdict: Verdict | undefined,
  names: ReadonlySet<string>,
): readonly (readonly [string, FieldFault])[] {
  if (verdict === undefined) return [];
  const { kind, places } = verdict;
  return places.flatMap((place) => {
    const field = nearest(place, names);
    const isRegion = place.startsWith('settings.regions.');
    const words = text(isRegion ? 'account.at.region' : `account.at.${kind}`);
    return field === undefined ? [] : [[field, { words, told: false }] as const];
  });
}
