import { routes, type TemplateServiceBody } from '@springtide/contracts';
import { Link, useParams } from 'react-router';
import { useText } from '../../i18n/language.js';
import { useAnswer } from '../../shared/api/use-answer.js';
import { useFormat } from '../../shared/format/format.js';
import { ButtonLink } from '../../shared/ui/button-link.js';
import { Facts } from '../../shared/ui/figures.js';
import { Grid } from '../../shared/ui/grid.js';
import { Lacking } from '../../shared/ui/lacking.js';
import { Page, Section } from '../../shared/ui/page.js';
import { Waiting } from '../../shared/ui/waiting.js';

export function TemplatePage() {
  const text = useText();
  const format = useFormat();
  const { id = '' } = useParams();
  const answer = useAnswer(routes.templateGet, { params: { id } });
  return (
    <Waiting answer={answer}>
      {(template) => (
        <Page
          title={text('template.one', { name: template.name, version: template.version })}
          aside={
            <ButtonLink to={`/templates/${id}/edit`} permission="template:write">
              {text('template.edit')}
            </ButtonLink>
          }
        >
          <Lacking permission="template:write" />
          <Facts
            items={[
              { label: text('template.stored'), value: format.instant(template.createdAt) },
              { label: text('template.hash'), value: <code>{template.hash}</code>, wide: true },
            ]}
          />
          {template.services.map((service) => (
            <Service key={service.name} service={service} />
          ))}
          <p>
            <Link to="/templates">{text('template.all')}</Link>
          </p>
        </Page>
      )}
    </Waiting>
  );
}

type Props = Readonly<{ service: TemplateServiceBody }>;

function Service({ service }: Props) {
  const text = useText();
  const format = useFormat();
  const seconds = (value: number): string => text('common.seconds', { value: format.number(value, 0) });
  return (
    <Section title={service.name}>
      <Facts
        items={[
          { label: text('template.route'), value: service.route },
          { label: text('template.group'), value: service.group },
          { label: text('template.port'), value: service.port },
          { label: text('template.healthPath'), value: <code>{service.healthPath}</code> },
          { label: text('template.minimumMachines'), value: format.number(service.minimumMachines, 0) },
          { label: text('template.headroom'), value: format.percent(service.headroom) },
          { label: text('template.zoneLossFraction'), value: format.percent(service.zoneLossFraction) },
          { label: text('template.spotMax'), value: format.percent(service.spotMax) },
          { label: text('template.warmUpSeconds'), value: seconds(service.warmUpSeconds) },
        ]}
      />
      <h3>{text('template.capacity')}</h3>
      <Capacity service={service} />
      <h3>{text('template.images')}</h3>
      <Images service={service} />
      <h3>{text('template.userData')}</h3>
      {service.userData === undefined ? (
        <p className="quiet">{text('template.userData.none')}</p>
      ) : (
        <pre className="script" tabIndex={0} role="region" aria-label={text('template.userData')}>
          {service.userData}
        </pre>
      )}
    </Section>
  );
}

function Capacity({ service }: Props) {
  const text = useText();
  const format = useFormat();
  return (
    <Grid
      label={text('template.capacity-of', { service: service.name })}
      rows={service.capacityModel}
      keyOf={(_row, index) => String(index)}
      empty={text('template.capacity.none')}
      columns={[
        { key: 'of', title: text('template.rule'), cell: (row) => <RuleName rule={row} /> },
        {
          key: 'rate',
          numeric: true,
          title: text('template.rate'),
          cell: (row) =>
            'requestsPerSecondPerVcpu' in row
              ? text('template.per-vcpu', { value: format.number(row.requestsPerSecondPerVcpu) })
              : text('common.rps', { value: format.number(row.requestsPerSecond) }),
        },
        {
          key: 'latency',
          numeric: true,
          title: text('template.latencyTargetMs'),
          cell: (row) => text('common.ms', { value: format.number(row.latencyTargetMs) }),
        },
        { key: 'evidence', title: text('template.evidence'), cell: (row) => row.evidence },
      ]}
    />
  );
}

function RuleName({ rule }: Readonly<{ rule: TemplateServiceBody['capacityModel'][number] }>) {
  const text = useText();
  if ('machineType' in rule) return <code>{rule.machineType}</code>;
  if ('vcpu' in rule) return text('template.family-size', { family: rule.family, vcpu: rule.vcpu });
  return text('template.family', { family: rule.family });
}

function Images({ service }: Props) {
  const text = useText();
  const { default: general, providers = {}, accounts = {} } = service.image;
  const rows = [
    ...Object.entries(accounts).map(([key, image]) => ({
      of: text('template.image.account', { key }),
      image,
    })),
    ...Object.entries(providers).map(([key, image]) => ({
      of: text('template.image.provider', { key }),
      image,
    })),
    ...(general === undefined ? [] : [{ of: text('template.image.default'), image: general }]),
  ];
  return (
    <Grid
      label={text('template.images-of', { service: service.name })}
      rows={rows}
      keyOf={(row) => row.of}
      empty={text('template.images.none')}
      columns={[
        { key: 'of', title: text('template.image.of'), cell: (row) => row.of },
        { key: 'image', title: text('template.image'), cell: (row) => <code>{row.image}</code> },
      ]}
    />
  );
}
