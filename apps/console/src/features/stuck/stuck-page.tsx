import { Button, Input, Modal } from 'antd';
import { routes, type StuckBody, type StuckDecision } from '@springtide/contracts';
import { useId, useState } from 'react';
import { useText } from '../../i18n/language.js';
import { useCommand } from '../../shared/api/use-answer.js';
import { usePages } from '../../shared/api/use-pages.js';
import { useFormat } from '../../shared/format/format.js';
import { Amount } from '../../shared/ui/amount.js';
import { PagedGrid } from '../../shared/ui/grid.js';
import { Page } from '../../shared/ui/page.js';
import { ProblemNote } from '../../shared/ui/problem-note.js';
import { Told } from '../../shared/ui/told.js';
import { useNow } from '../../shared/ui/use-now.js';

const REFRESH_MS = 10_000;

type Choice = StuckDecision['choice'];
type Asked = Readonly<{ row: StuckBody; choice: Choice }>;

/** What came no further for too long, over all runs of the tenant. */
export function StuckPage() {
  const text = useText();
  const format = useFormat();
  const now = useNow(10_000);
  const [asked, setAsked] = useState<Asked | null>(null);
  const pages = usePages(routes.stuckList, { limit: 50 }, REFRESH_MS);
  return (
    <Page title={text('nav.stuck')}>
      <p className="quiet">{text('stuck.note')}</p>
      <PagedGrid
        label={text('nav.stuck')}
        pages={pages}
        keyOf={(row) => row.id}
        empty={text('stuck.none')}
        columns={[
          { key: 'what', title: text('stuck.what'), cell: (row) => text(`stuck.kind.${row.kind}`) },
          { key: 'account', title: text('machine.account'), cell: (row) => `${row.account} (${row.region})` },
          {
            key: 'count',
            title: text('stuck.count'),
            numeric: true,
            cell: (row) => format.number(row.count, 0),
          },
          { key: 'since', title: text('stuck.since'), cell: (row) => format.ago(row.since, now) },
          {
            key: 'cost',
            title: text('common.per-hour'),
            numeric: true,
            cell: (row) =>
              row.costPerHour === null ? text('back.unknown-price') : <Amount value={row.costPerHour} rate />,
          },
          {
            key: 'why',
            title: text('stuck.why'),
            cell: (row) => <span lang="en">{row.problem?.message}</span>,
          },
          {
            key: 'choose',
            title: text('stuck.choose'),
            cell: (row) => (
              <div className="actions">
                {row.choices.map(({ choice }) => (
                  <Button
                    key={choice}
                    size="small"
                    danger={choice === 'abandon'}
                    onClick={() => setAsked({ row, choice })}
                  >
                    {text(`stuck.choice.${choice}`)}
                  </Button>
                ))}
              </div>
            ),
          },
        ]}
      />
      {asked && <Decision asked={asked} onDone={() => setAsked(null)} />}
    </Page>
  );
}

/** Says what the choice costs before it is made. */
function Decision({ asked, onDone }: Readonly<{ asked: Asked; onDone: () => void }>) {
  const text = useText();
  const field = useId();
  const resolve = useCommand(routes.stuckResolve);
  const [words, setWords] = useState('');
  const { row, choice } = asked;
  const title = text(`stuck.choice.${choice}`);
  const offered = row.choices.find((one) => one.choice === choice);
  const send = (): void =>
    resolve.mutate({ params: { id: row.id }, body: bodyOf(choice, words) }, { onSuccess: onDone });
  return (
    <Modal
      open
      title={title}
      okText={title}
      cancelText={text('common.cancel')}
      onCancel={onDone}
      onOk={send}
      confirmLoading={resolve.isPending}
      okButtonProps={{ danger: choice === 'abandon', disabled: choice !== 'retry' && words.length < 3 }}
    >
      <p>
        <Told sentences={offered?.sentences} english={offered?.effect ?? ''} />
      </p>
      {choice !== 'retry' && (
        <>
          <label htmlFor={field}>{text(choice === 'adopt' ? 'stuck.machine' : 'stuck.reason')}</label>
          <Input
            id={field}
            maxLength={500}
            value={words}
            onChange={(event) => setWords(event.target.value)}
          />
        </>
      )}
      {resolve.error && <ProblemNote error={resolve.error} />}
    </Modal>
  );
}

function bodyOf(choice: Choice, words: string): StuckDecision {
  if (choice === 'adopt') return { choice, machineId: words };
  return choice === 'abandon' ? { choice, reason: words } : { choice };
}
