import { Alert, Spin } from 'antd';
import type { RehearsalBody } from '@springtide/contracts';
import { useSearchParams } from 'react-router';
import { useText } from '../../i18n/language.js';
import { useFormat } from '../../shared/format/format.js';
import { Section } from '../../shared/ui/page.js';
import { useNow } from '../../shared/ui/use-now.js';
import { Waiting } from '../../shared/ui/waiting.js';
import { useCampaign } from '../campaigns/campaign-page.js';
import { RehearsalList } from './rehearsal-list.js';
import { RehearsalResult } from './rehearsal-result.js';
import { ShareForm } from './share-form.js';
import { StartForm } from './start-form.js';
import { useFollowed, useRehearsals } from './use-rehearsals.js';
import { RehearsalVerdict } from './verdict.js';

export function RehearsalPage() {
  const text = useText();
  const { currentPlanId } = useCampaign();
  if (currentPlanId === null) return <p>{text('rehearsal.no-plan')}</p>;
  return <Rehearsals planId={currentPlanId} />;
}

/** Which one is shown stands in the address; without one, the newest. */
function Rehearsals({ planId }: Readonly<{ planId: string }>) {
  const text = useText();
  const [search, setSearch] = useSearchParams();
  const answer = useRehearsals(planId);
  const choose = ({ id }: RehearsalBody): void => setSearch({ show: id }, { replace: true });
  return (
    <>
      <StartForm planId={planId} onStarted={choose} />
      <Waiting answer={answer}>
        {({ items }) => {
          const chosen = items.find(({ id }) => id === search.get('show')) ?? items[0];
          return (
            <>
              {chosen && <OneRehearsal key={chosen.id} listed={chosen} />}
              <ShareForm planId={planId} />
              <Section title={text('rehearsal.list')}>
                <RehearsalList rehearsals={items} onShow={choose} />
              </Section>
            </>
          );
        }}
      </Waiting>
    </>
  );
}

function OneRehearsal({ listed }: Readonly<{ listed: RehearsalBody }>) {
  const rehearsal = useFollowed(listed);
  const { timeZone } = useCampaign();
  const text = useText();
  const format = useFormat();
  return (
    <Section
      title={text(`rehearsal.storm.${rehearsal.storm}`)}
      note={format.instant(rehearsal.requestedAt, timeZone)}
      aside={<RehearsalVerdict rehearsal={rehearsal} />}
    >
      {rehearsal.status === 'running' && <Progress since={rehearsal.requestedAt} />}
      {rehearsal.status === 'failed' && (
        <Alert
          type="error"
          showIcon
          title={<span lang="en">{rehearsal.failure}</span>}
          description={text('rehearsal.failure-next')}
        />
      )}
      {rehearsal.result && <RehearsalResult result={rehearsal.result} />}
    </Section>
  );
}

function Progress({ since }: Readonly<{ since: string }>) {
  const text = useText();
  const format = useFormat();
  const now = useNow();
  const seconds = Math.max(0, now - new Date(since).getTime()) / 1_000;
  return (
    <p>
      <Spin size="small" /> {text('rehearsal.running-since', { seconds: format.number(seconds, 0) })}
    </p>
  );
}
