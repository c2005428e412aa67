import { Alert, Button, Input } from 'antd';
import { ApiProblem, type CampaignBody, type CampaignInput } from '@springtide/contracts';
import { useRef, useState, type FormEvent, type ReactNode } from 'react';
import { useNavigate } from 'react-router';
import { useText, type Text } from '../../i18n/language.js';
import { Field, FieldFaults, type FieldFault } from '../../shared/form/field.js';
import { focusFirst } from '../../shared/form/focus-first.js';
import { useKeptDraft } from '../../shared/form/kept-draft.js';
import { Section } from '../../shared/ui/page.js';
import { ProblemNote } from '../../shared/ui/problem-note.js';
import { DemandSection } from './demand-section.js';
import type { Draft } from './draft.js';
import { faultsOf, type Faults } from './draft-faults.js';
import { inputOf } from './draft-input.js';
import { MoneySection } from './money-section.js';
import { problemFields } from './problem-fields.js';
import { RulesSection } from './rules-section.js';
import { TimeSection } from './time-section.js';
import { useFormFacts } from './use-form-facts.js';

type Props = Readonly<{
  /** Who types, and what it is about: what was typed before is found by both. */
  owner: string;
  subject: string;
  initial: Draft;
  ownId: string | null;
  save: (body: CampaignInput, done: (campaign: CampaignBody) => void) => void;
  saving: boolean;
  error: Error | null;
  /** What saving means. */
  note: ReactNode;
}>;

export function CampaignForm({ owner, subject, initial, ownId, save, saving, error, note }: Props) {
  const text = useText();
  const navigate = useNavigate();
  const form = useRef<HTMLFormElement>(null);
  const { draft, change, restored, discard, forget } = useKeptDraft(owner, subject, initial);
  const facts = useFormFacts(draft.templateId);
  const [tried, setTried] = useState(false);
  const [sent, setSent] = useState<CampaignInput | null>(null);
  const services = facts.template?.services.map(({ name }) => name) ?? [];
  const faults = faultsOf(draft, services, facts.nowMs);
  const told = error instanceof ApiProblem && sent ? problemFields(error.problem.errors ?? [], sent) : null;
  const waits = draft.templateId !== null && facts.template === undefined;
  const send = (event: FormEvent): void => {
    event.preventDefault();
    setTried(true);
    if (faults.size > 0) return focusFirst(form.current);
    const body = inputOf(draft, services);
    setSent(body);
    save(body, ({ id }) => {
      forget();
      void navigate(`/campaigns/${id}/overview`);
    });
  };
  return (
    <FieldFaults value={shown(text, tried ? faults : new Map(), told?.byField)}>
      <form ref={form} className="campaign-form" noValidate onSubmit={send}>
        {restored && (
          <Alert
            type="info"
            showIcon
            title={text('form.restored')}
            action={<Button onClick={discard}>{text('form.anew')}</Button>}
          />
        )}
        {facts.errors.map((one) => (
          <ProblemNote key={one.message} error={one} />
        ))}
        <Section title={text('form.what')}>
          <Field name="name" label={text('common.name')}>
            {(control) => (
              <Input
                {...control}
                maxLength={120}
                autoComplete="off"
                value={draft.name}
                onChange={(event) => change({ ...draft, name: event.target.value })}
              />
            )}
          </Field>
        </Section>
        <TimeSection draft={draft} facts={facts} ownId={ownId} onChange={change} />
        <DemandSection draft={draft} facts={facts} onChange={change} />
        <MoneySection draft={draft} facts={facts} onChange={change} />
        <RulesSection draft={draft} onChange={change} />
        {error && <ProblemNote error={told ? without(error, told.rest) : error} />}
        {tried && faults.size > 0 && (
          <p className="bad-text" role="alert">
            {text('form.faults', { count: faults.size })}
          </p>
        )}
        <div className="actions">
          <Button type="primary" htmlType="submit" loading={saving} disabled={waits}>
            {text('form.save')}
          </Button>
          <span className="quiet">{note}</span>
        </div>
      </form>
    </FieldFaults>
  );
}

/** What is known here counts before what the server said of the last try. */
function shown(text: Text, faults: Faults, told: ReadonlyMap<string, string> = new Map()) {
  return new Map<string, FieldFault>([
    ...[...told].map(([field, words]) => [field, { words, told: true }] as const),
    ...[...faults].map(
      ([field, code]) => [field, { words: text(`form.fault.${code}`), told: false }] as const,
    ),
  ]);
}

/** The problem without what is shown at its fields. */
function without(error: Error, rest: ReturnType<typeof problemFields>['rest']): Error {
  return error instanceof ApiProblem ? new ApiProblem({ ...error.problem, errors: [...rest] }) : error;
}
