import type { EntranceFacts } from './facts.js';
import { lineOf, type Finding, type FoundLine } from './readiness.js';
import { say } from './sentences.js';
import type { ReadinessSubject } from './subject.js';

const DAY = 86_400_000;
/** A certificate that ends within a month is renewed before the campaign, not during it. */
const CERTIFICATE_DAYS = 30;
/** What ECS, CVM and EC2 take alike. */
const MOST_USER_DATA = 16_384;

/** The entrance of each service, its certificate, and what its machines are told at their start. */
export function judgeServices(
  subject: ReadinessSubject,
  entrances: readonly EntranceFacts[],
  at: string,
): readonly FoundLine[] {
  const found = [
    ...entrances.flatMap((facts) => [judgeEntrance(facts), ...judgeCertificate(subject, facts, at)]),
    ...subject.services.map(({ name }) => judgeConfiguration(subject, name, at)),
    ...subject.services.flatMap((service) => judgeSettings(subject, service)),
    ...judgeApiTimes(subject, at),
  ];
  return found.map((finding) => lineOf(subject, finding));
}

function judgeEntrance({ route, service, state }: EntranceFacts): Finding {
  const about = {
    check: 'entrance',
    id: route,
    subject: `${route} → ${service}`,
    by: 'readRoute',
    at: state.at,
  } as const;
  if (!state.known) {
    const finding = say('entrance-unread', { why: state.why });
    return { ...about, verdict: 'red', finding, action: say('mend-route') };
  }
  const { healthy, members, entrance } = state.value;
  const params = { healthy, members, entrance: entrance ?? route };
  if (members === 0) return { ...about, verdict: 'amber', finding: say('entrance-empty', params) };
  if (healthy === members) return { ...about, verdict: 'green', finding: say('entrance-serves', params) };
  const verdict = healthy === 0 ? 'red' : 'amber';
  return { ...about, verdict, finding: say('entrance-degraded', params), action: say('mend-entrance') };
}

function judgeCertificate(
  subject: ReadinessSubject,
  { route, state }: EntranceFacts,
  at: string,
): readonly Finding[] {
  if (!state.known) return [];
  const { certificate, entrance } = state.value;
  const about = {
    check: 'certificate',
    id: route,
    subject: route,
    by: 'TLS handshake with the entrance',
  } as const;
  if (certificate === undefined) {
    const finding = say('certificate-none', { entrance: entrance ?? route });
    return [{ ...about, verdict: 'unknown', finding }];
  }
  if (!certificate.known) {
    const finding = say('certificate-unread', { why: certificate.why });
    return [{ ...about, verdict: 'unknown', finding, action: say('mend-route') }];
  }
  const { subject: name, validTo, problem } = certificate.value;
  const measured = { ...about, at: certificate.at, action: say('renew-certificate') };
  const days = Math.floor((Date.parse(validTo) - Date.parse(at)) / DAY);
  if (Date.parse(validTo) <= Date.parse(subject.endsAt)) {
    return [{ ...measured, verdict: 'red', finding: say('certificate-ends', { name, at: validTo }) }];
  }
  if (problem !== null) {
    return [{ ...measured, verdict: 'red', finding: say('certificate-untrusted', { name, why: problem }) }];
  }
  const soon = days < CERTIFICATE_DAYS;
  const finding = say(soon ? 'certificate-ends-soon' : 'certificate-valid', { name, days });
  return [{ ...measured, verdict: soon ? 'amber' : 'green', finding }];
}

/** Places that somebody meant to fill in: `{{ NAME }}`, `${NAME?}` of templating tools is left to the shell. */
const OPEN_PLACE = /\{\{\s*[\w.-]+\s*\}\}|<[A-Z][A-Z0-9_-]{2,}>|\bCHANGE_?ME\b/g;

function judgeConfiguration(subject: ReadinessSubject, service: string, at: string): Finding {
  const texts = new Set(
    subject.sheets.flatMap((sheet) =>
      sheet.service === service && sheet.userData !== null ? [sheet.userData] : [],
    ),
  );
  const about = { check: 'configuration', id: service, subject: service, by: 'the approved plan' } as const;
  if (texts.size === 0) {
    const finding = say('configuration-absent');
    return { ...about, verdict: 'unknown', finding, action: say('look-at-image') };
  }
  const open = new Set([...texts].flatMap((text) => text.match(OPEN_PLACE) ?? []));
  if (open.size > 0) {
    const names = [...open].join(', ');
    const finding = say('configuration-open', { names });
    return { ...about, at, verdict: 'red', finding, action: say('fill-in', { names }) };
  }
  const bytes = Math.max(...[...texts].map(bytesOf));
  if (bytes > MOST_USER_DATA) {
    const finding = say('configuration-long', { bytes, most: MOST_USER_DATA });
    return { ...about, at, verdict: 'red', finding, action: say('shorten') };
  }
  return { ...about, at, verdict: 'green', finding: say('configuration-complete', { bytes }) };
}

/** A vault answers the machine that asks there, not us here: what is in place, somebody looks up and says. */
function judgeSettings(
  subject: ReadinessSubject,
  { name: service, settings }: ReadinessSubject['services'][number],
): readonly Finding[] {
  const used = subject.sheets.filter((sheet) => sheet.service === service).map(({ poolId }) => poolId);
  const pools = subject.pools.filter(({ id }) => used.includes(id));
  const places = [...new Set(pools.map(({ accountName, region }) => `${accountName}/${region}`))].join(', ');
  return settings.map(({ name, kind, keptIn }) => ({
    check: 'configuration',
    id: `${service}/${name}`,
    subject: `${service} → ${name} (${places})`,
    verdict: 'unknown',
    finding: say(`${kind}-untold`, { name, keptIn, places }),
    action: say('look-there'),
    by: 'nothing',
  }));
}

/** UTF-8 bytes, without an encoder: the domain knows no platform. */
function bytesOf(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

/** Half of the slack may go to the API; the other half is for what nobody thought of. */
const COMFORT = 0.5;

function judgeApiTimes(subject: ReadinessSubject, at: string): readonly Finding[] {
  const by = 'the clouds’ published call limits';
  if (subject.apiTimes.length === 0) {
    const about = { check: 'api-rate', id: 'plan', subject: '', by } as const;
    return [{ ...about, at, verdict: 'green', finding: say('api-at-once') }];
  }
  const slack = Math.floor(subject.slackSeconds);
  return subject.apiTimes.map(({ account, region, seconds, machines, phase }) => {
    const name = `${account}/${region}`;
    const about = { check: 'api-rate', id: name, subject: name, by, at } as const;
    const params = { seconds, machines, phase, slack };
    const action = say('begin-earlier');
    if (seconds > slack) return { ...about, verdict: 'red', finding: say('api-slow', params), action };
    if (seconds > slack * COMFORT)
      return { ...about, verdict: 'amber', finding: say('api-tight', params), action };
    return { ...about, verdict: 'green', finding: say('api-fits', params) };
  });
}
