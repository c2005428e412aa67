import { Button, Spin } from 'antd';
import { routes, type RunBody } from '@springtide/contracts';
import { useText } from '../../i18n/language.js';
import { useAnswer, useCommand } from '../../shared/api/use-answer.js';
import { useFormat } from '../../shared/format/format.js';
import { Section } from '../../shared/ui/page.js';
import { ProblemNote } from '../../shared/ui/problem-note.js';
import { Told } from '../../shared/ui/told.js';
import { useNow } from '../../shared/ui/use-now.js';
import { useCampaign } from '../campaigns/campaign-page.js';
import { RunState } from '../campaigns/campaign-state.js';
import { CapacitySection } from './capacity-section.js';
import { LeftoverTable } from './leftover-table.js';
import { PoolTable } from './pool-table.js';
import { RunControls } from './run-controls.js';
import { SafeHold } from './safe-hold.js';
import { SpendBar } from './spend-bar.js';
import { poolName } from './run-pool-name.js';
import { Story } from './story.js';
import { TrafficSplit } from './traffic-split.js';
import { useRun, type RunNow } from './use-run.js';
import { WayBack } from './way-back.js';

export function RunPage() {
  const { currentRunId } = useCampaign();
  return currentRunId === null ? <NotArmed /> : <LiveRun key={currentRunId} runId={currentRunId} />;
}

function NotArmed() {
  const text = useText();
  const campaign = useCampaign();
  const arm = useCommand(routes.runArm);
  if (campaign.status !== 'approved') return <p>{text('run.none')}</p>;
  return (
    <Section title={text('run.arm-title')} note={text('run.arm-note')}>
      {arm.error && <ProblemNote error={arm.error} />}
      <Button
        type="primary"
        loading={arm.isPending}
        onClick={() => arm.mutate({ params: { id: campaign.id } })}
      >
        {text('run.arm')}
      </Button>
    </Section>
  );
}

function LiveRun({ runId }: Readonly<{ runId: string }>) {
  const text = useText();
  const live = useRun(runId);
  if (!live.run) {
    return live.trouble ? <ProblemNote error={live.trouble} /> : <Spin aria-label={text('common.loading')} />;
  }
  const { run } = live;
  return (
    <>
      {live.trouble && <ProblemNote error={live.trouble} />}
      <Headline live={live} run={run} />
      {run.safeHold && <SafeHold run={run} hold={run.safeHold} />}
      {run.wayBack && <WayBack run={run} back={run.wayBack} />}
      {run.leftovers.length > 0 && (
        <Section title={text('run.leftovers')} note={text('run.leftovers-note')}>
          <LeftoverTable leftovers={run.leftovers} />
        </Section>
      )}
      <CapacityOf live={live} run={run} />
      <div className="side-by-side">
        <Section title={text('run.traffic')} note={text('run.traffic-note')}>
          <TrafficSplit traffic={run.traffic} />
        </Section>
        <Section title={text('run.spend')}>
          <SpendBar spend={run.spend} />
        </Section>
      </div>
      <Section title={text('run.pools')} note={text('run.pools-note')}>
        <PoolTable pools={run.pools} />
      </Section>
      <Section title={text('run.story')}>
        <Story entries={live.entries} pools={run.pools} newestFirst />
      </Section>
    </>
  );
}

function CapacityOf({ live, run }: Readonly<{ live: RunNow; run: RunBody }>) {
  const plan = useAnswer(routes.planGet, { params: { id: run.planId } });
  return <CapacitySection run={run} samples={live.samples} plan={plan.data} />;
}

function Headline({ live, run }: Readonly<{ live: RunNow; run: RunBody }>) {
  const { timeZone } = useCampaign();
  const text = useText();
  const format = useFormat();
  const now = useNow();
  const sum = (of: (pool: RunBody['pools'][number]) => number): number =>
    run.pools.reduce((total, pool) => total + of(pool), 0);
  const gone = sum((pool) => pool.gone);
  const progress =
    run.closedAt === null
      ? text('run.progress', { ready: sum((pool) => pool.ready), target: sum((pool) => pool.target), gone })
      : text('run.progress-closed', { gone });
  return (
    <section className={`war-room ${run.state}`} aria-label={text('campaign.part.run')}>
      <div className="war-state">
        <RunState state={run.state} />
        {run.phase && <span className="war-phase">{text(`phase.${run.phase}`)}</span>}
        <span className="quiet">{text(`run.mode.${live.mode}`)}</span>
      </div>
      <div aria-live="polite" aria-atomic="true">
        <p className="war-progress">{progress}</p>
        <p>
          <Told
            sentences={run.summarySentences}
            english={run.summary}
            timeZone={timeZone}
            nameOf={(id) => poolName(run.pools, id)}
          />
        </p>
      </div>
      <p className="quiet">
        {text('run.since', { when: format.ago(run.since, now) })}
        {run.expectedEnd && ` · ${text('run.end', { at: format.instant(run.expectedEnd, timeZone) })}`}
      </p>
      {run.closedAt === null && <RunControls run={run} />}
    </section>
  );
}
