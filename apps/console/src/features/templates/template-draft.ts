import type { TemplateBody, TemplateServiceBody } from '@springtide/contracts';

export type ImageDraft = Readonly<{ of: 'default' | 'providers' | 'accounts'; key: string; image: string }>;

/** By which a measurement is looked up. */
export const RULE_KINDS = ['machineType', 'size', 'family'] as const;
export type RuleDraft = Readonly<{
  kind: (typeof RULE_KINDS)[number];
  /** Machine type, or family. */
  name: string;
  vcpu: string;
  requestsPerSecond: string;
  latencyTargetMs: string;
  evidence: string;
}>;

/** Numbers of a service as they are typed; shares in percent. */
export const NUMBERS = ['port', 'minimumMachines', 'warmUpSeconds'] as const;
export const SHARES = ['headroom', 'zoneLossFraction', 'spotMax'] as const;
export const TEXTS = ['name', 'route', 'group', 'healthPath'] as const;
type Typed = (typeof NUMBERS)[number] | (typeof SHARES)[number] | (typeof TEXTS)[number] | 'userData';

export type ServiceDraft = Readonly<Record<Typed, string>> &
  Readonly<{
    images: readonly ImageDraft[];
    rules: readonly RuleDraft[];
    /** What this form does not ask for goes into the next version as it is. */
    kept: Readonly<Record<string, unknown>>;
  }>;

export type TemplateDraft = Readonly<{ name: string; services: readonly ServiceDraft[] }>;

export const NEW_RULE: RuleDraft = {
  ...{ kind: 'machineType', name: '', vcpu: '' },
  ...{ requestsPerSecond: '', latencyTargetMs: '', evidence: '' },
};

export const NEW_SERVICE: ServiceDraft = {
  ...{ name: '', route: '', group: '', healthPath: '/healthz', userData: '' },
  ...{ port: '8080', minimumMachines: '2', warmUpSeconds: '30' },
  ...{ headroom: '15', zoneLossFraction: '0', spotMax: '0' },
  images: [{ of: 'default', key: '', image: '' }],
  rules: [NEW_RULE],
  kept: {},
};

export const NEW_TEMPLATE: TemplateDraft = { name: '', services: [NEW_SERVICE] };

export function draftOf({ name, services }: TemplateBody): TemplateDraft {
  return { name, services: services.map(serviceDraft) };
}

function serviceDraft(service: TemplateServiceBody): ServiceDraft {
  const { name, route, group, healthPath, image, capacityModel, userData = '', ...rest } = service;
  const { port, minimumMachines, warmUpSeconds, headroom, zoneLossFraction, spotMax, ...kept } = rest;
  return {
    ...{ name, route, group, healthPath, userData },
    ...{ port: String(port), minimumMachines: String(minimumMachines), warmUpSeconds: String(warmUpSeconds) },
    ...{
      headroom: percent(headroom),
      zoneLossFraction: percent(zoneLossFraction),
      spotMax: percent(spotMax),
    },
    images: imageDrafts(image),
    rules: capacityModel.map(ruleDraft),
    kept,
  };
}

function imageDrafts(image: TemplateServiceBody['image']): readonly ImageDraft[] {
  const named = (of: 'providers' | 'accounts'): ImageDraft[] =>
    Object.entries(image[of] ?? {}).map(([key, name]) => ({ of, key, image: name }));
  const all = image.default === undefined ? [] : [{ of: 'default' as const, key: '', image: image.default }];
  return [...all, ...named('providers'), ...named('accounts')];
}

function ruleDraft(rule: TemplateServiceBody['capacityModel'][number]): RuleDraft {
  const measured = { latencyTargetMs: String(rule.latencyTargetMs), evidence: rule.evidence };
  if ('machineType' in rule) {
    const { machineType: name, requestsPerSecond } = rule;
    return { ...measured, kind: 'machineType', name, vcpu: '', requestsPerSecond: String(requestsPerSecond) };
  }
  const { family: name } = rule;
  if ('vcpu' in rule) {
    const typed = { vcpu: String(rule.vcpu), requestsPerSecond: String(rule.requestsPerSecond) };
    return { ...measured, kind: 'size', name, ...typed };
  }
  return {
    ...measured,
    kind: 'family',
    name,
    vcpu: '',
    requestsPerSecond: String(rule.requestsPerSecondPerVcpu),
  };
}

/**
 * The document that is sent. What is no number is sent as it was typed, so that the server names its place.
 * @param version what it is to become; somebody else's version meanwhile is then not built upon unseen.
 */
export function documentOf({ name, services }: TemplateDraft, version: number): string {
  return JSON.stringify({ name: name.trim(), version, services: services.map(serviceOf) });
}

function serviceOf(draft: ServiceDraft): Record<string, unknown> {
  const { name, route, group, healthPath, userData } = draft;
  return {
    ...draft.kept,
    ...{ name: name.trim(), route: route.trim(), healthPath: healthPath.trim() },
    ...(group.trim() === '' ? {} : { group: group.trim() }),
    ...Object.fromEntries(NUMBERS.map((field) => [field, number(draft[field])])),
    ...Object.fromEntries(SHARES.map((field) => [field, share(draft[field])])),
    image: imageOf(draft.images),
    capacityModel: draft.rules.map(ruleOf),
    ...(userData.trim() === '' ? {} : { userData }),
  };
}

function imageOf(images: readonly ImageDraft[]): Record<string, unknown> {
  const general = images.find(({ of }) => of === 'default')?.image.trim();
  const named = (['providers', 'accounts'] as const).flatMap((of) => {
    const some = images.filter((one) => one.of === of).map(({ key, image }) => [key, image.trim()] as const);
    return some.length === 0 ? [] : [[of, Object.fromEntries(some)] as const];
  });
  return { ...(general === undefined ? {} : { default: general }), ...Object.fromEntries(named) };
}

function ruleOf({ kind, name, vcpu, requestsPerSecond, latencyTargetMs, evidence }: RuleDraft) {
  const measured = { latencyTargetMs: number(latencyTargetMs), evidence: evidence.trim() };
  const rate = number(requestsPerSecond);
  if (kind === 'machineType') return { machineType: name.trim(), requestsPerSecond: rate, ...measured };
  if (kind === 'size')
    return { family: name.trim(), vcpu: number(vcpu), requestsPerSecond: rate, ...measured };
  return { family: name.trim(), requestsPerSecondPerVcpu: rate, ...measured };
}

/** Fields that are empty, or hold no number where one is asked for; the server judges everything else. */
export function faultsIn({ name, services }: TemplateDraft): ReadonlyMap<string, 'missing' | 'number'> {
  const faults = new Map<string, 'missing' | 'number'>();
  const need = (path: string, text: string): void => void (text.trim() === '' && faults.set(path, 'missing'));
  const needNumber = (path: string, text: string): void => {
    need(path, text);
    if (text.trim() !== '' && !Number.isFinite(Number(text))) faults.set(path, 'number');
  };
  need('name', name);
  services.forEach((service, at) => {
    const path = `services.${at}`;
    for (const field of ['name', 'route', 'healthPath'] as const) need(`${path}.${field}`, service[field]);
    for (const field of [...NUMBERS, ...SHARES]) needNumber(`${path}.${field}`, service[field]);
    service.images.forEach((image, index) => {
      need(`${path}.images.${index}`, image.image);
      if (image.of !== 'default') need(`${path}.images.${index}.key`, image.key);
    });
    service.rules.forEach((rule, index) => {
      const place = `${path}.capacityModel.${index}`;
      need(`${place}.name`, rule.name);
      need(`${place}.evidence`, rule.evidence);
      needNumber(`${place}.requestsPerSecond`, rule.requestsPerSecond);
      needNumber(`${place}.latencyTargetMs`, rule.latencyTargetMs);
      if (rule.kind === 'size') needNumber(`${place}.vcpu`, rule.vcpu);
    });
  });
  return faults;
}

/** Every field that something can be told at, by its place in the document. */
export function namesIn({ services }: TemplateDraft): ReadonlySet<string> {
  const names = services.flatMap((service, at) => {
    const path = `services.${at}`;
    return [
      path,
      ...[...TEXTS, ...NUMBERS, ...SHARES, 'userData', 'image', 'capacityModel'].map(
        (field) => `${path}.${field}`,
      ),
      ...service.rules.map((_rule, index) => `${path}.capacityModel.${index}`),
    ];
  });
  return new Set(['name', 'services', ...names]);
}

function number(text: string): number | string {
  const plain = text.trim();
  return plain !== '' && Number.isFinite(Number(plain)) ? Number(plain) : plain;
}

/** 28.999999999999996 is not what anybody typed. */
const FINE = 1_000_000;

function share(text: string): number | string {
  const typed = number(text);
  return typeof typed === 'number' ? Math.round((typed / 100) * FINE) / FINE : typed;
}

function percent(value: number): string {
  return String(Math.round(value * 100 * FINE) / FINE);
}
