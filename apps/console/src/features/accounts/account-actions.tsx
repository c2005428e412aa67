import { Alert, Button, Modal } from 'antd';
import { routes, type AccountBody } from '@springtide/contracts';
import { useState } from 'react';
import { useText } from '../../i18n/language.js';
import { useCommand } from '../../shared/api/use-answer.js';
import { useMay } from '../../shared/api/use-may.js';
import { ButtonLink } from '../../shared/ui/button-link.js';
import { ProblemNote } from '../../shared/ui/problem-note.js';

/** What can be done with an account; what came of it stands below. */
export function AccountActions({ account }: Readonly<{ account: AccountBody }>) {
  const text = useText();
  const [disabling, setDisabling] = useState(false);
  const verify = useCommand(routes.accountVerify);
  const sync = useCommand(routes.inventorySync);
  const enable = useCommand(routes.accountEnable);
  const disable = useCommand(routes.accountDisable);
  const mayWrite = useMay('account:write') === true;
  const maySync = useMay('inventory:write') === true;
  const params = { id: account.id };
  const error = verify.error ?? sync.error ?? enable.error ?? disable.error;
  return (
    <>
      <Button disabled={!mayWrite} loading={verify.isPending} onClick={() => verify.mutate({ params })}>
        {text('account.verify')}
      </Button>
      <Button
        disabled={!maySync}
        title={maySync ? undefined : text('common.lacking', { permission: 'inventory:write' })}
        loading={sync.isPending}
        onClick={() => sync.mutate({ body: { accountId: account.id } })}
      >
        {text('account.sync')}
      </Button>
      {account.status === 'disabled' ? (
        <Button disabled={!mayWrite} loading={enable.isPending} onClick={() => enable.mutate({ params })}>
          {text('account.enable')}
        </Button>
      ) : (
        <Button danger disabled={!mayWrite} onClick={() => setDisabling(true)}>
          {text('account.disable')}
        </Button>
      )}
      <ButtonLink to={`/accounts/${account.id}/edit`} permission="account:write">
        {text('account.change')}
      </ButtonLink>
      {error && <ProblemNote error={error} />}
      {sync.data && <SyncNote items={sync.data.items} />}
      <Modal
        open={disabling}
        title={text('account.disable.ask', { name: account.name })}
        okText={text('account.disable')}
        okButtonProps={{ danger: true }}
        cancelText={text('common.cancel')}
        confirmLoading={disable.isPending}
        onCancel={() => setDisabling(false)}
        onOk={() => disable.mutate({ params }, { onSettled: () => setDisabling(false) })}
      >
        <p>{text('account.disable.means')}</p>
      </Modal>
    </>
  );
}

type Synced = Readonly<{ complete: boolean; problem: string | null; places: readonly { seen: number }[] }>;

function SyncNote({ items }: Readonly<{ items: readonly Synced[] }>) {
  const text = useText();
  const seen = items.flatMap(({ places }) => places).reduce((sum, place) => sum + place.seen, 0);
  const isComplete = items.every(({ complete }) => complete);
  const problems = items.flatMap(({ problem }) => problem ?? []);
  return (
    <Alert
      type={isComplete ? 'success' : 'warning'}
      showIcon
      role="status"
      title={text(isComplete ? 'account.synced' : 'account.synced.partly', { count: seen })}
      description={problems.length > 0 && <span lang="en">{problems.join('; ')}</span>}
    />
  );
}
