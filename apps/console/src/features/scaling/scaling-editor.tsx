import { Button } from 'antd';
import { useQueryClient } from '@tanstack/react-query';
import { ApiProblem, routes, type ScalingInput } from '@springtide/contracts';
import { useMemo, useRef, useState, type FormEvent } from 'react';
import { useText } from '../../i18n/language.js';
import { useAnswer, useCommand } from '../../shared/api/use-answer.js';
import { ProblemNote } from '../../shared/ui/problem-note.js';
import { ComingDaysTable } from './coming-days-table.js';
import { Wrong } from './form-fields.js';
import { LimitFields } from './limit-fields.js';
import { JoinedNote, MeanwhileNote } from './meanwhile-note.js';
import { joinDrafts, type Joined } from './meanwhile.js';
import { check, draftOf, withStrategy, type ScalingDraft, type WrongPlaces } from './scaling-draft.js';
import { StrategyFields } from './strategy-fields.js';

/** What is typed, and the version that it is typed over: the page reads newer ones meanwhile. */
type Typing = Readonly<{ base: ScalingDraft; draft: ScalingDraft; version: number; joined?: Joined }>;

type Props = Readonly<{
  service: string;
  settings: ScalingInput;
  /** 0 where the service has no strategies yet. */
  version: number;
  /** Why it cannot be saved now. */
  refused?: string | undefined;
  onSaved?: () => void;
}>;

const NOTHING_WRONG: WrongPlaces = new Set();

/** Changes the strategies of a service, and what limits them; somebody else's change meanwhile is not overwritten. */
export function ScalingEditor({ service, settings, version, refused, onSaved }: Props) {
  const text = useText();
  const queries = useQueryClient();
  const form = useRef<HTMLFormElement>(null);
  const put = useCommand(routes.scalingPut);
  const [typing, setTyping] = useState<Typing | null>(null);
  const [isTried, setTried] = useState(false);
  const read = useMemo(() => draftOf(settings), [settings]);
  const draft = typing?.draft ?? read;
  const checked = useMemo(() => check(draft), [draft]);
  const isNewer = typing !== null && typing.version !== version;
  const isOvertaken = put.error instanceof ApiProblem && put.error.status === 412;
  const change = (next: ScalingDraft): void => {
    setTyping({ ...(typing ?? { base: read, version }), draft: next });
    put.reset();
  };
  const drop = (): void => {
    setTyping(null);
    setTried(false);
    put.reset();
  };
  const join = (): void => {
    if (typing === null) return;
    const joined = joinDrafts(typing.base, typing.draft, read);
    setTyping({ base: read, draft: joined.draft, version, joined });
    put.reset();
  };
  const send = (event: FormEvent): void => {
    event.preventDefault();
    setTried(true);
    if (checked.input === undefined) return focusWrong(form.current);
    put.mutate(
      { params: { service }, body: checked.input, ifMatch: typing?.version ?? version },
      {
        onSuccess: () => {
          drop();
          onSaved?.();
        },
        // What they made of it is read, so that the two can be joined.
        onError: () => void queries.invalidateQueries(),
      },
    );
  };
  const wrong = isTried ? (checked.wrong ?? wrongPlaces(put.error)) : NOTHING_WRONG;
  return (
    <Wrong value={wrong}>
      <form className="editor" ref={form} onSubmit={send} noValidate>
        <LimitFields draft={draft} onChange={change} />
        <Strategies draft={draft} onChange={change} />
        <h4>{text('scaling.coming')}</h4>
        <ComingDaysTable input={checked.input} />
        {(isNewer || isOvertaken) && <MeanwhileNote onJoin={isNewer ? join : undefined} onDrop={drop} />}
        {typing?.joined && !isNewer && <JoinedNote joined={typing.joined} />}
        {put.error && !isOvertaken && <ProblemNote error={put.error} />}
        {wrong.size > 0 && (
          <p className="bad-text" role="alert">
            {text('scaling.wrong', { count: wrong.size })}
          </p>
        )}
        {refused !== undefined && <p className="quiet">{refused}</p>}
        <SaveBar
          canSave={typing !== null && !isNewer && refused === undefined}
          canDrop={typing !== null}
          isSaving={put.isPending}
          onDrop={drop}
        />
      </form>
    </Wrong>
  );
}

/** Where the API says that it is wrong. */
function wrongPlaces(error: Error | null): WrongPlaces {
  if (!(error instanceof ApiProblem)) return NOTHING_WRONG;
  return new Set(error.problem.errors?.map(({ path }) => path));
}

/** After the form has told what is wrong. */
function focusWrong(form: HTMLFormElement | null): void {
  setTimeout(() => form?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
}

type DraftProps = Readonly<{ draft: ScalingDraft; onChange: (draft: ScalingDraft) => void }>;

const KINDS = ['manual', 'scheduled', 'metric', 'predictive', 'campaign'] as const;
const MOST = 20;

function Strategies({ draft, onChange }: DraftProps) {
  const text = useText();
  const { strategies } = draft;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <>
      {strategies.map(({ key, strategy }, index) => (
        <StrategyFields
          key={key}
          path={`strategies.${index}`}
          strategy={strategy}
          onChange={(next) =>
            onChange({ ...draft, strategies: strategies.with(index, { key, strategy: next }) })
          }
          onRemove={() => onChange({ ...draft, strategies: strategies.toSpliced(index, 1) })}
        />
      ))}
      <div className="actions" role="group" aria-label={text('scaling.add')}>
        <span>{text('scaling.add')}</span>
        {KINDS.map((kind) => (
          <Button
            key={kind}
            disabled={strategies.length >= MOST}
            onClick={() => onChange(withStrategy(draft, kind, zone))}
          >
            {text(`scaling.kind.${kind}`)}
          </Button>
        ))}
      </div>
    </>
  );
}

type SaveProps = Readonly<{ canSave: boolean; canDrop: boolean; isSaving: boolean; onDrop: () => void }>;

function SaveBar({ canSave, canDrop, isSaving, onDrop }: SaveProps) {
  const text = useText();
  const me = useAnswer(routes.whoAmI, {});
  const mayWrite = me.data?.permissions.some((one) => one === 'campaign:write' || one === '*') ?? false;
  return (
    <>
      {me.data && !mayWrite && <p className="quiet">{text('scaling.not-allowed')}</p>}
      <div className="actions">
        <Button type="primary" htmlType="submit" disabled={!canSave || !mayWrite} loading={isSaving}>
          {text('scaling.save')}
        </Button>
        <Button disabled={!canDrop} onClick={onDrop}>
          {text('scaling.drop')}
        </Button>
      </div>
    </>
  );
}
