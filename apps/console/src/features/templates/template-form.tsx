import { Alert, Button, Input } from 'antd';
import { ApiProblem, routes, type TemplateBody } from '@springtide/contracts';
import { useRef, useState, type FormEvent } from 'react';
import { Link, useNavigate } from 'react-router';
import { useText, type Text } from '../../i18n/language.js';
import { useCommand } from '../../shared/api/use-answer.js';
import { useMay } from '../../shared/api/use-may.js';
import { FaultNote, Field, FieldFaults, type FieldFault } from '../../shared/form/field.js';
import { focusFirst } from '../../shared/form/focus-first.js';
import { useKeptDraft } from '../../shared/form/kept-draft.js';
import { problemPlaces } from '../../shared/form/problem-places.js';
import { Lacking } from '../../shared/ui/lacking.js';
import { Section } from '../../shared/ui/page.js';
import { ProblemNote } from '../../shared/ui/problem-note.js';
import { ServiceFields } from './service-fields.js';
import {
  documentOf,
  draftOf,
  faultsIn,
  namesIn,
  NEW_SERVICE,
  NEW_TEMPLATE,
  type TemplateDraft,
} from './template-draft.js';

type Props = Readonly<{
  owner: string;
  /** Whose next version it becomes; null: a template of its own. */
  base: TemplateBody | null;
}>;

/** Stores a version. A version never changes: plans that were made of an older one stay as they are. */
export function TemplateForm({ owner, base }: Props) {
  const text = useText();
  const navigate = useNavigate();
  const form = useRef<HTMLFormElement>(null);
  const create = useCommand(routes.templateCreate);
  const may = useMay('template:write');
  const [initial] = useState<TemplateDraft>(() => (base === null ? NEW_TEMPLATE : draftOf(base)));
  const { draft, change, restored, discard, forget } = useKeptDraft(
    owner,
    base === null ? 'template.new' : `template.${base.id}`,
    initial,
  );
  const [tried, setTried] = useState(false);
  const [over, setOver] = useState<number | null>(null);
  const version = over ?? (base === null ? 1 : base.version + 1);
  const faults = faultsIn(draft);
  const told = problemPlaces(create.error, namesIn(draft));
  const newest = overtakenBy(create.error);
  const send = (event: FormEvent): void => {
    event.preventDefault();
    setTried(true);
    if (faults.size > 0) return focusFirst(form.current);
    create.mutate(
      { body: documentOf(draft, version) },
      {
        onSuccess: ({ id }) => {
          forget();
          void navigate(`/templates/${id}`);
        },
        onError: () => focusFirst(form.current),
      },
    );
  };
  return (
    <FieldFaults value={new Map([...told.byField, ...(tried ? inWords(text, faults) : [])])}>
      <form ref={form} className="entry-form" noValidate onSubmit={send}>
        {restored && (
          <Alert
            type="info"
            showIcon
            title={text('template.restored')}
            action={<Button onClick={discard}>{text('template.anew')}</Button>}
          />
        )}
        <Section title={text('template.what-name')}>
          <div className="form-row">
            <Field name="name" label={text('common.name')} note={text('template.name.note')}>
              {(control) => (
                <Input
                  {...control}
                  maxLength={63}
                  autoComplete="off"
                  disabled={base !== null}
                  value={draft.name}
                  onChange={({ target }) => change({ ...draft, name: target.value })}
                />
              )}
            </Field>
          </div>
          <FaultNote name="services" />
        </Section>
        {draft.services.map((service, at) => (
          <ServiceFields
            key={at}
            path={`services.${at}`}
            service={service}
            number={at + 1}
            onChange={(next) => change({ ...draft, services: draft.services.with(at, next) })}
            onRemove={
              draft.services.length < 2
                ? undefined
                : () => change({ ...draft, services: draft.services.toSpliced(at, 1) })
            }
          />
        ))}
        <p>
          <Button onClick={() => change({ ...draft, services: [...draft.services, NEW_SERVICE] })}>
            {text('template.add-service')}
          </Button>
        </p>
        {newest !== undefined && (
          <Alert
            type="warning"
            showIcon
            role="alert"
            title={text('template.overtaken', { newest })}
            action={
              <Button
                onClick={() => {
                  create.reset();
                  setOver(newest + 1);
                }}
              >
                {text('template.overtaken.anyway', { version: newest + 1 })}
              </Button>
            }
          />
        )}
        {told.rest && newest === undefined && <ProblemNote error={told.rest} />}
        {tried && faults.size > 0 && (
          <p className="bad-text" role="alert">
            {text('template.faults', { count: faults.size })}
          </p>
        )}
        <Lacking permission="template:write" />
        <div className="actions">
          <Button type="primary" htmlType="submit" loading={create.isPending} disabled={may !== true}>
            {text('template.save', { version })}
          </Button>
          <Link to={base === null ? '/templates' : `/templates/${base.id}`}>{text('template.back')}</Link>
          <span className="quiet">{text('template.save.note')}</span>
        </div>
      </form>
    </FieldFaults>
  );
}

/** The version that is there already, where the one that was to be stored is not the next one any more. */
function overtakenBy(error: Error | null): number | undefined {
  if (!(error instanceof ApiProblem) || error.code !== 'conflict') return undefined;
  const latest = error.problem.facts?.['latest'];
  return typeof latest === 'number' ? latest : undefined;
}

function inWords(
  text: Text,
  faults: ReturnType<typeof faultsIn>,
): readonly (readonly [string, FieldFault])[] {
  return [...faults].map(([field, code]) => {
    return [field, { words: text(`template.fault.${code}`), told: false }] as const;
  });
}
