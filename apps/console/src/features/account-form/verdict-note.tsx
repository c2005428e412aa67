import { Alert } from 'antd';
import type { AccountBody } from '@springtide/contracts';
import { useText } from '../../i18n/language.js';
import { Grid } from '../../shared/ui/grid.js';
import type { Verdict } from './verdict.js';

type Props = Readonly<{ account: AccountBody; verdict: Verdict | undefined }>;

/** What the check at the cloud said of an account that is stored, and what to do about it. */
export function VerdictNote({ account, verdict }: Props) {
  const text = useText();
  if (verdict === undefined) {
    return (
      <Alert
        type="success"
        showIcon
        role="status"
        title={text('account.verdict.well', { name: account.name })}
      />
    );
  }
  const { kind, said, missing } = verdict;
  return (
    <Alert
      type="warning"
      showIcon
      role="alert"
      title={text(`account.verdict.${kind}`)}
      description={
        <div className="problem">
          <p>{text(`account.verdict.${kind}.next`)}</p>
          {missing.length > 0 && <Missing missing={missing} />}
          {said !== null && missing.length === 0 && (
            <p>
              {text('account.verdict.said')} <span lang="en">{said}</span>
            </p>
          )}
          <p className="quiet">
            {text(account.status === 'healthy' ? 'account.verdict.usable' : 'account.verdict.unused')}
          </p>
        </div>
      }
    />
  );
}

function Missing({ missing }: Pick<Verdict, 'missing'>) {
  const text = useText();
  return (
    <Grid
      label={text('account.verdict.rights')}
      rows={missing}
      keyOf={(row) => row.action}
      empty=""
      columns={[
        { key: 'action', title: text('account.action'), cell: (row) => <code>{row.action}</code> },
        {
          key: 'for',
          title: text('account.needed-for'),
          cell: (row) => <span lang="en">{row.neededFor}</span>,
        },
      ]}
    />
  );
}
