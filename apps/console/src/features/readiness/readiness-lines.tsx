import { Button, Input, Modal } from 'antd';
import { routes, type ReadinessLine } from '@springtide/contracts';
import { useId, useState } from 'react';
import { useText } from '../../i18n/language.js';
import { useAnswer, useCommand } from '../../shared/api/use-answer.js';
import { useFormat } from '../../shared/format/format.js';
import { Grid } from '../../shared/ui/grid.js';
import { ProblemNote } from '../../shared/ui/problem-note.js';
import { useNow } from '../../shared/ui/use-now.js';
import { useCampaign } from '../campaigns/campaign-page.js';
import { useSentence } from './sentence.js';
import { VerdictBadge } from './verdict-badge.js';
import { Vouch } from './vouch.js';

const ORDER: readonly ReadinessLine['verdict'][] = ['red', 'amber', 'unknown', 'green'];

export function ReadinessLines({ lines }: Readonly<{ lines: readonly ReadinessLine[] }>) {
  const text = useText();
  const format = useFormat();
  const { timeZone } = useCampaign();
  const now = useNow(5_000);
  const sorted = lines.toSorted((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict));
  return (
    <Grid
      label={text('readiness.findings')}
      rows={sorted}
      keyOf={(line) => line.key}
      empty={text('readiness.none')}
      columns={[
        {
          key: 'verdict',
          title: text('readiness.verdict'),
          tight: true,
          cell: (line) => <VerdictBadge verdict={line.verdict} />,
        },
        {
          key: 'check',
          title: text('readiness.check'),
          cell: (line) => (
            <>
              <div>{text(`readiness.check.${line.check}`)}</div>
              <div className="quiet about">{line.subject}</div>
            </>
          ),
        },
        { key: 'finding', title: text('readiness.finding'), cell: (line) => <Finding line={line} /> },
        {
          key: 'owner',
          title: text('readiness.owner'),
          tight: true,
          cell: (line) => text(`readiness.owner.${line.owner}`),
        },
        {
          key: 'due',
          title: text('readiness.due'),
          cell: (line) => {
            if (line.verdict === 'green') return '–';
            const late = new Date(line.dueAt).getTime() < now;
            const due = format.instant(line.dueAt, timeZone);
            return late ? <span className="bad-text">{`${due} (${text('readiness.overdue')})`}</span> : due;
          },
        },
        {
          key: 'measured',
          title: text('readiness.measured'),
          cell: (line) =>
            line.evidence.measuredAt
              ? format.ago(line.evidence.measuredAt, now)
              : text('readiness.unmeasured'),
        },
      ]}
    />
  );
}

function Finding({ line }: Readonly<{ line: ReadinessLine }>) {
  const text = useText();
  const sentence = useSentence();
  const inTheWay = line.verdict === 'red' && line.blocking && line.override === null;
  return (
    <>
      <div>{sentence(line.finding)}</div>
      {line.action && (
        <div>
          <strong>{text('problem.next')}</strong> {sentence(line.action)}
        </div>
      )}
      {line.override && (
        <div className="quiet">
          {text('readiness.overridden', { by: line.override.by, reason: line.override.reason })}
        </div>
      )}
      {line.verdict === 'unknown' && <Vouch line={line} />}
      {inTheWay && (
        <div className="actions">
          <strong>{text('readiness.blocks')}</strong>
          <Override line={line} />
        </div>
      )}
    </>
  );
}

/** Only those who may approve are offered it; the server decides. */
function Override({ line }: Readonly<{ line: ReadinessLine }>) {
  const text = useText();
  const sentence = useSentence();
  const field = useId();
  const campaign = useCampaign();
  const me = useAnswer(routes.whoAmI, {});
  const override = useCommand(routes.readinessOverride);
  const [asked, setAsked] = useState(false);
  const [reason, setReason] = useState('');
  if (me.data?.permissions.includes('campaign:approve') !== true) return null;
  const send = (): void =>
    override.mutate(
      { params: { id: campaign.id }, body: { key: line.key, reason } },
      { onSuccess: () => setAsked(false) },
    );
  return (
    <>
      <Button size="small" onClick={() => setAsked(true)}>
        {text('readiness.override')}
      </Button>
      <Modal
        open={asked}
        title={text('readiness.override-title')}
        okText={text('readiness.override')}
        cancelText={text('common.cancel')}
        okButtonProps={{ disabled: reason.trim().length < 3, loading: override.isPending }}
        onOk={send}
        onCancel={() => setAsked(false)}
      >
        {override.error && <ProblemNote error={override.error} />}
        <p>{sentence(line.finding)}</p>
        <p className="quiet">{text('readiness.override-note')}</p>
        <label htmlFor={field}>{text('readiness.reason')}</label>
        <Input.TextArea
          id={field}
          rows={2}
          maxLength={1000}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
      </Modal>
    </>
  );
}
