import { Select } from 'antd';
import { routes, type ProviderBody } from '@springtide/contracts';
import { useSearchParams } from 'react-router';
import { useText } from '../../i18n/language.js';
import { useAnswer } from '../../shared/api/use-answer.js';
import { Page, Section } from '../../shared/ui/page.js';
import { Waiting } from '../../shared/ui/waiting.js';
import { AccountForm } from './account-form.js';

/** Which cloud first, since it says what is asked for; the address of the page carries it. */
export function NewAccountPage() {
  const text = useText();
  const me = useAnswer(routes.whoAmI, {});
  const answer = useAnswer(routes.providerList, {});
  const [search] = useSearchParams();
  const chosen = search.get('provider');
  return (
    <Page title={text('account.new')}>
      <Waiting answer={answer}>
        {({ items }) => {
          const provider = items.find(({ id }) => id === chosen);
          return (
            <>
              <Section title={text('account.which')} note={text('account.which.note')}>
                <ProviderChoice providers={items} chosen={provider?.id ?? null} />
              </Section>
              {provider && (
                <Waiting answer={me}>
                  {({ user }) => (
                    <AccountForm key={provider.id} owner={user.id} provider={provider} account={null} />
                  )}
                </Waiting>
              )}
            </>
          );
        }}
      </Waiting>
    </Page>
  );
}

type ChoiceProps = Readonly<{ providers: readonly ProviderBody[]; chosen: string | null }>;

const KINDS = ['public-cloud', 'private-cloud', 'traffic', 'cluster'] as const;

function ProviderChoice({ providers, chosen }: ChoiceProps) {
  const text = useText();
  const [, choose] = useSearchParams();
  return (
    <Select
      aria-label={text('account.which')}
      className="wide-filter"
      placeholder={text('account.choose')}
      showSearch={{ optionFilterProp: 'label' }}
      value={chosen}
      onChange={(provider: string) => choose({ provider })}
      options={KINDS.map((kind) => ({
        label: text(`account.kind.${kind}`),
        options: providers
          .filter((provider) => provider.kind === kind)
          .map(({ id, title }) => ({ value: id, label: title })),
      })).filter(({ options }) => options.length > 0)}
    />
  );
}
