import { Button, Input, Modal } from 'antd';
import { REPORT_ROLES, routes, type ReportRole, type StoredReport } from '@springtide/contracts';
import { useId, useState } from 'react';
import { useText } from '../../i18n/language.js';
import { useAnswer, useCommand } from '../../shared/api/use-answer.js';
import { useFormat } from '../../shared/format/format.js';
import { Badge } from '../../shared/ui/badge.js';
import { Grid } from '../../shared/ui/grid.js';
import { Section } from '../../shared/ui/page.js';
import { ProblemNote } from '../../shared/ui/problem-note.js';
import { useCampaign } from '../campaigns/campaign-page.js';

/** What the server asks of those who sign; it decides, this only spares people a refusal. */
const SIGNS_WITH: Readonly<Record<ReportRole, string>> = {
  operations: 'run:operate',
  infrastructure: 'account:write',
  finance: 'cost:write',
};

export function Signatures({ stored }: Readonly<{ stored: StoredReport }>) {
  const text = useText();
  const format = useFormat();
  const { timeZone } = useCampaign();
  const me = useAnswer(routes.whoAmI, {});
  const rows = REPORT_ROLES.map((role) => ({
    role,
    signature: stored.signatures.find((one) => one.role === role),
  }));
  const maySign = (role: ReportRole): boolean =>
    stored.revision !== null &&
    stored.intact &&
    me.data?.permissions.includes(SIGNS_WITH[role]) === true &&
    stored.signatures.every(({ by }) => by !== me.data?.user.name);
  return (
    <Section title={text('after.signatures')} note={text('after.signatures-note')}>
      <Grid
        label={text('after.signatures')}
        rows={rows}
        keyOf={({ role }) => role}
        empty={text('after.unsigned')}
        columns={[
          { key: 'role', title: text('after.role'), cell: ({ role }) => text(`after.role.${role}`) },
          {
            key: 'by',
            title: text('after.by'),
            cell: ({ role, signature }) => {
              if (signature) return signature.by;
              return maySign(role) ? <Sign role={role} hash={stored.hash} /> : text('after.unsigned');
            },
          },
          {
            key: 'at',
            title: text('common.time'),
            cell: ({ signature }) => (signature ? format.instant(signature.at, timeZone) : ''),
          },
          {
            key: 'state',
            title: text('common.state'),
            cell: ({ signature }) =>
              signature ? (
                <Badge tone={signature.valid ? 'good' : 'bad'}>
                  {text(signature.valid ? 'after.valid' : 'after.invalid')}
                </Badge>
              ) : (
                ''
              ),
          },
          {
            key: 'comment',
            title: text('after.comment'),
            cell: ({ signature }) => signature?.comment ?? '',
          },
        ]}
      />
    </Section>
  );
}

function Sign({ role, hash }: Readonly<{ role: ReportRole; hash: string }>) {
  const text = useText();
  const field = useId();
  const { id } = useCampaign();
  const sign = useCommand(routes.reportSign);
  const [asked, setAsked] = useState(false);
  const [comment, setComment] = useState('');
  const send = (): void =>
    sign.mutate(
      { params: { id }, body: { role, hash, comment } },
      {
        onSuccess: () => setAsked(false),
      },
    );
  return (
    <>
      <Button size="small" onClick={() => setAsked(true)}>
        {text('after.sign')}
      </Button>
      <Modal
        open={asked}
        title={text('after.sign-title', { role: text(`after.role.${role}`) })}
        okText={text('after.sign')}
        cancelText={text('common.cancel')}
        okButtonProps={{ loading: sign.isPending }}
        onOk={send}
        onCancel={() => setAsked(false)}
      >
        {sign.error && <ProblemNote error={sign.error} />}
        <p>{text('after.sign-note')}</p>
        <p className="quiet">
          {text('after.hash')} <code>{hash}</code>
        </p>
        <label htmlFor={field}>{text('after.comment')}</label>
        <Input.TextArea
          id={field}
          rows={2}
          maxLength={1000}
          value={comment}
          onChange={(event) => setComment(event.target.value)}
        />
      </Modal>
    </>
  );
}
