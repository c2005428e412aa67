import { Select } from 'antd';
import type { PhaseName } from '@springtide/contracts';
import { useText } from '../../i18n/language.js';
import { FaultNote, Field } from '../../shared/form/field.js';
import { Section } from '../../shared/ui/page.js';
import { DemandPicture } from './demand-picture.js';
import { spansOf, type Draft } from './draft.js';
import { demandFor } from './draft-input.js';
import { ServiceDemand } from './service-demand.js';
import type { FormFacts } from './use-form-facts.js';
import { useForecasts, type Forecast } from './use-forecasts.js';

type Props = Readonly<{ draft: Draft; facts: FormFacts; onChange: (draft: Draft) => void }>;

export function DemandSection({ draft, facts, onChange }: Props) {
  const text = useText();
  const services = facts.template?.services.map(({ name }) => name) ?? [];
  const forecasts = useForecasts(draft, services);
  return (
    <Section title={text('form.demand')} note={text('form.demand.note')}>
      <Field name="templateId" label={text('form.template')} note={<TemplateNote facts={facts} />}>
        {(control) => (
          <Select
            {...control}
            className="wide-filter"
            value={draft.templateId}
            placeholder={text('form.choose')}
            onChange={(templateId) => onChange({ ...draft, templateId })}
            options={facts.templates.map(({ id, name, version }) => ({
              value: id,
              label: text('form.template.one', { name, version }),
            }))}
          />
        )}
      </Field>
      {facts.template && (
        <DemandPicture
          phases={draft.phases.map(({ name }) => name)}
          spans={spansOf(draft)}
          timeZone={draft.timeZone}
          services={services}
          demandAt={(service, phase) => demandAt(draft, forecasts, service, phase)}
        />
      )}
      {facts.template?.services.map((service) => (
        <ServiceDemand
          key={service.name}
          {...{ draft, facts, service, onChange, forecast: forecasts.get(service.name) }}
        />
      ))}
      <FaultNote name="demand" />
    </Section>
  );
}

function TemplateNote({ facts: { templates, template, loading } }: Readonly<{ facts: FormFacts }>) {
  const text = useText();
  if (!loading && templates.length === 0) return text('form.template.none');
  const newest = templates.find(({ name }) => name === template?.name);
  if (!template || !newest || newest.id === template.id) return text('form.template.note');
  return text('form.template.newer', { version: newest.version });
}

function demandAt(
  draft: Draft,
  forecasts: ReadonlyMap<string, Forecast>,
  service: string,
  phase: PhaseName,
): number {
  const { from, typed } = demandFor(draft, service);
  if (from === 'history') return forecasts.get(service)?.demand?.get(phase) ?? 0;
  const demand = Number(typed[phase] ?? '');
  return demand > 0 && Number.isFinite(demand) ? demand : 0;
}
