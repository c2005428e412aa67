import { routes, type ResourceBody } from '@springtide/contracts';
import { useParams } from 'react-router';
import { useText } from '../../i18n/language.js';
import { useAnswer } from '../../shared/api/use-answer.js';
import { useFormat } from '../../shared/format/format.js';
import { Facts } from '../../shared/ui/figures.js';
import { Page, Section } from '../../shared/ui/page.js';
import { Waiting } from '../../shared/ui/waiting.js';
import { Neighbourhood } from '../topology/neighbourhood.js';
import { DriftList } from './drift-list.js';
import { ResourceState } from './resource-state.js';

/** One resource: what it is, what it runs on, what hangs on it, and what happened to it. */
export function ResourcePage() {
  const text = useText();
  const { id = '' } = useParams();
  const answer = useAnswer(routes.resourceGet, { params: { id } }, { everyMs: 10_000 });
  return (
    <Waiting answer={answer}>
      {(resource) => (
        <Page title={resource.name || resource.resourceId} aside={<ResourceState state={resource.state} />}>
          <ResourceFacts resource={resource} />
          {resource.goneAt === null && (
            <Section title={text('topology.around')} note={text('topology.around-note')}>
              <Neighbourhood of={resource.id} />
            </Section>
          )}
          <Section title={text('drift.title')}>
            <DriftList
              query={{
                accountId: resource.accountId,
                region: resource.region,
                type: resource.type,
                resourceId: resource.resourceId,
              }}
            />
          </Section>
        </Page>
      )}
    </Waiting>
  );
}

function ResourceFacts({ resource }: Readonly<{ resource: ResourceBody }>) {
  const text = useText();
  const format = useFormat();
  const labels = Object.entries(resource.labels).map(([key, value]) => `${key}=${value}`);
  return (
    <Section title={text('inventory.facts')}>
      <Facts
        items={[
          { label: text('inventory.type'), value: text(`type.${resource.type}`) },
          { label: text('machine.account'), value: resource.accountName },
          { label: text('inventory.region'), value: resource.region },
          { label: text('common.zone'), value: resource.zone ?? '–' },
          { label: text('inventory.cloud-id'), value: <code>{resource.resourceId}</code> },
          {
            label: text('machine.ownership'),
            value: text(resource.ownership === null ? 'machine.others' : 'machine.ours'),
          },
          { label: text('inventory.first-seen'), value: format.instant(resource.firstSeenAt) },
          { label: text('machine.seen'), value: format.instant(resource.lastSeenAt) },
          ...Object.entries(resource.facts).map(([label, value]) => ({ label, value: String(value) || '–' })),
          { label: text('inventory.labels'), value: labels.join(', ') || '–', wide: true },
        ]}
      />
    </Section>
  );
}
