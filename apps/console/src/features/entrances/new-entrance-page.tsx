import { routes } from '@springtide/contracts';
import { useText } from '../../i18n/language.js';
import { useAnswer } from '../../shared/api/use-answer.js';
import { Page } from '../../shared/ui/page.js';
import { Waiting } from '../../shared/ui/waiting.js';
import { EntranceForm } from './entrance-form.js';

const MOST_ACCOUNTS = 200;

export function NewEntrancePage() {
  const text = useText();
  const me = useAnswer(routes.whoAmI, {});
  const accounts = useAnswer(routes.accountList, { query: { limit: MOST_ACCOUNTS } });
  return (
    <Page title={text('entrance.new')}>
      <Waiting answer={me}>
        {({ user }) => (
          <Waiting answer={accounts}>
            {({ items }) => <EntranceForm owner={user.id} accounts={items} />}
          </Waiting>
        )}
      </Waiting>
    </Page>
  );
}
