import { Button, InputNumber, Modal } from 'antd';
import { routes, type WorkloadBody } from '@springtide/contracts';
import { useId, useState } from 'react';
import { useText } from '../../i18n/language.js';
import { useAnswer, useCommand } from '../../shared/api/use-answer.js';
import { usePages } from '../../shared/api/use-pages.js';
import { Badge, type Tone } from '../../shared/ui/badge.js';
import { PagedGrid } from '../../shared/ui/grid.js';
import { Section } from '../../shared/ui/page.js';
import { ProblemNote } from '../../shared/ui/problem-note.js';

const REFRESH_MS = 5_000;
const MOST_REPLICAS = 100_000;

type Phase = NonNullable<WorkloadBody['live']>['phase'];
const TONES: Readonly<Record<Phase, Tone>> = {
  progressing: 'busy',
  settled: 'good',
  stuck: 'bad',
  removing: 'warn',
};

export function Workloads({ clusterId }: Readonly<{ clusterId: string }>) {
  const text = useText();
  const me = useAnswer(routes.whoAmI, {});
  const allowed = me.data?.permissions.some((one) => one === 'cluster:write' || one === '*') ?? false;
  const pages = usePages(routes.workloadList, { clusterId, limit: 50 }, REFRESH_MS);
  const [chosen, choose] = useState<WorkloadBody>();
  return (
    <Section title={text('cluster.workloads')}>
      <PagedGrid
        label={text('cluster.workloads')}
        pages={pages}
        keyOf={(row) => row.id}
        empty={text('cluster.no-workloads')}
        columns={[
          {
            key: 'name',
            tight: true,
            title: text('common.name'),
            cell: ({ spec }) => `${spec.namespace}/${spec.name}`,
          },
          { key: 'state', title: text('common.state'), cell: (row) => <LiveState workload={row} /> },
          {
            key: 'ready',
            numeric: true,
            title: text('cluster.ready'),
            cell: ({ live }) =>
              live === null ? '–' : text('common.of', { value: live.ready, all: live.desired }),
          },
          { key: 'image', title: text('cluster.image'), cell: ({ spec }) => <code>{spec.image}</code> },
          ...(allowed
            ? [
                {
                  key: 'scale',
                  title: <span className="unseen">{text('common.actions')}</span>,
                  cell: (row: WorkloadBody) => (
                    <Button
                      size="small"
                      disabled={row.removing}
                      aria-label={text('cluster.scale-one', { name: row.spec.name })}
                      onClick={() => choose(row)}
                    >
                      {text('cluster.scale')}
                    </Button>
                  ),
                },
              ]
            : []),
        ]}
      />
      {chosen && <ScaleDialog key={chosen.id} workload={chosen} close={() => choose(undefined)} />}
    </Section>
  );
}

function LiveState({ workload }: Readonly<{ workload: WorkloadBody }>) {
  const text = useText();
  const { live, problem } = workload;
  if (live === null) {
    return (
      <>
        <Badge tone="bad">{text('cluster.phase.unread')}</Badge>
        <div className="quiet" lang="en">
          {problem}
        </div>
      </>
    );
  }
  return (
    <>
      <Badge tone={TONES[live.phase]}>{text(`cluster.phase.${live.phase}`)}</Badge>
      {live.obstacles.map(({ code, message }) => (
        <div key={code} className="quiet" lang="en">
          {message}
        </div>
      ))}
    </>
  );
}

function ScaleDialog({ workload, close }: Readonly<{ workload: WorkloadBody; close: () => void }>) {
  const text = useText();
  const field = useId();
  const scale = useCommand(routes.workloadScale);
  const [replicas, setReplicas] = useState<number | null>(workload.spec.replicas);
  return (
    <Modal
      open
      title={text('cluster.scale-one', { name: workload.spec.name })}
      okText={text('cluster.scale')}
      cancelText={text('common.cancel')}
      confirmLoading={scale.isPending}
      okButtonProps={{ disabled: replicas === null }}
      onCancel={close}
      onOk={() => {
        if (replicas === null) return;
        scale.mutate({ params: { id: workload.id }, body: { replicas } }, { onSuccess: close });
      }}
    >
      {scale.error && <ProblemNote error={scale.error} />}
      <label htmlFor={field}>{text('cluster.replicas')}</label>{' '}
      <InputNumber
        id={field}
        min={0}
        max={MOST_REPLICAS}
        precision={0}
        value={replicas}
        onChange={setReplicas}
      />
    </Modal>
  );
}
