import { Select } from 'antd';
import { routes, type CalendarBody, type CampaignBody } from '@springtide/contracts';
import { useState } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { useLanguage, useText } from '../../i18n/language.js';
import { useAnswer, useCommand } from '../../shared/api/use-answer.js';
import { Page } from '../../shared/ui/page.js';
import { Waiting } from '../../shared/ui/waiting.js';
import { CampaignForm } from './campaign-form.js';
import { copyOf, emptyDraft, type Draft } from './draft.js';
import { salesAhead, withSale } from './presets.js';

export function NewCampaignPage() {
  const text = useText();
  const me = useAnswer(routes.whoAmI, {});
  const [search] = useSearchParams();
  const [copied, sale] = [search.get('copy'), search.get('sale')];
  return (
    <Page title={text('campaign.new')} aside={<CopyChoice />}>
      <Waiting answer={me}>
        {({ user }) =>
          copied === null ? (
            <CampaignOfSale key={sale} owner={user.id} sale={sale} />
          ) : (
            <CopiedCampaign key={copied} owner={user.id} id={copied} />
          )
        }
      </Waiting>
    </Page>
  );
}

function CopyChoice() {
  const text = useText();
  const navigate = useNavigate();
  const [search] = useSearchParams();
  const earlier = useAnswer(routes.campaignList, { query: { limit: 200 } });
  return (
    <Select
      aria-label={text('form.copy')}
      placeholder={text('form.copy')}
      showSearch={{ optionFilterProp: 'label' }}
      className="wide-filter"
      value={search.get('copy')}
      onChange={(id: string) => void navigate(`/campaigns/new?copy=${id}`)}
      options={(earlier.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))}
    />
  );
}

type CopiedProps = Readonly<{ owner: string; id: string }>;

function CopiedCampaign({ owner, id }: CopiedProps) {
  const text = useText();
  const answer = useAnswer(routes.campaignGet, { params: { id } });
  const begin = (from: CampaignBody): Draft => ({
    ...copyOf(from, Date.now()),
    name: text('form.copy-of', { name: from.name }),
  });
  return (
    <Waiting answer={answer}>
      {(from) => <NewCampaign owner={owner} subject={`copy.${id}`} begin={() => begin(from)} />}
    </Waiting>
  );
}

const blank = (): Draft => emptyDraft(Intl.DateTimeFormat().resolvedOptions().timeZone);

type SaleProps = Readonly<{ owner: string; sale: string | null }>;

/** With the dates of a sale of the calendar, `2026/double-11`, or with none. */
function CampaignOfSale({ owner, sale }: SaleProps) {
  const chinese = useLanguage() === 'zh-CN';
  const year = Number(sale?.split('/')[0]);
  const answer = useAnswer(routes.calendar, { query: { year } }, { enabled: sale !== null });
  if (sale === null) return <NewCampaign owner={owner} subject="new" begin={blank} />;
  const begin = (calendar: CalendarBody): Draft => {
    const found = salesAhead([{ year, calendar }], 0).find(({ key }) => key === sale);
    return found ? withSale(blank(), found, ({ name, nameZh }) => (chinese ? nameZh : name)) : blank();
  };
  return (
    <Waiting answer={answer}>
      {(calendar) => <NewCampaign owner={owner} subject={`sale.${sale}`} begin={() => begin(calendar)} />}
    </Waiting>
  );
}

type NewProps = Readonly<{ owner: string; subject: string; begin: () => Draft }>;

function NewCampaign({ owner, subject, begin }: NewProps) {
  const text = useText();
  const create = useCommand(routes.campaignCreate);
  const [initial] = useState(begin);
  return (
    <CampaignForm
      owner={owner}
      subject={subject}
      initial={initial}
      ownId={null}
      save={(body, done) => create.mutate({ body }, { onSuccess: done })}
      saving={create.isPending}
      error={create.error}
      note={text('form.save.note')}
    />
  );
}
