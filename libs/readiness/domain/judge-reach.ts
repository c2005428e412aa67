import type { ReadinessCode } from '@springtide/contracts';
import type { AccountFacts, DialFact, ProbeFact, ReadinessFacts } from './facts.js';
import { probePlaces, type ProbePlace } from './probe-places.js';
import { lineOf, type Finding, type FoundLine, type ReadinessVerdict } from './readiness.js';
import { say } from './sentences.js';
import type { PlannedService, ReadinessSubject, Reach } from './subject.js';

const DAY = 86_400_000;
/** Firewall rules of a month ago prove little about tonight. */
const REACH_DAYS = 30;

/** Reach of the burst network, as far as anything that ran there could show it. */
export function judgeReach(subject: ReadinessSubject, facts: ReadinessFacts): readonly FoundLine[] {
  const { accounts, bursts, at } = facts;
  const entrances = placesOf(subject, accounts).map(({ account, region }): Finding => {
    const burst = bursts.find((one) => one.accountId === account.id && one.region === region);
    return reachOf(`${account.name}/${region}`, burst?.lastHealthyAt ?? null, at);
  });
  const places = probePlaces(subject).map((place) => ({
    place,
    probe: facts.probes.find(({ placeKey }) => placeKey === place.key),
  }));
  const found = [
    ...entrances,
    ...places.flatMap(({ place, probe }) => failedProbe(place, probe)),
    ...subject.services.flatMap((service) => endpointsOf(service, places, facts)),
  ];
  return found.map((finding) => lineOf(subject, finding));
}

function reachOf(name: string, lastHealthyAt: string | null, now: string): Finding {
  const about = { check: 'reach', id: `entrance/${name}`, subject: name } as const;
  const by = 'health checks of the entrance in earlier runs';
  const action = say('try-from-there');
  if (lastHealthyAt === null) {
    return { ...about, by, verdict: 'unknown', finding: say('burst-never-reached'), action };
  }
  const days = Math.floor((Date.parse(now) - Date.parse(lastHealthyAt)) / DAY);
  const isRecent = days <= REACH_DAYS;
  const finding = say(isRecent ? 'burst-reached' : 'burst-reached-long-ago', { days });
  return { ...about, by, at: lastHealthyAt, verdict: isRecent ? 'green' : 'amber', finding, action };
}

type Probed = Readonly<{ place: ProbePlace; probe: ProbeFact | undefined }>;

/** A probe that came to nothing proves nothing of the endpoints, but somebody has to look: amber, never red. */
function failedProbe(place: ProbePlace, probe: ProbeFact | undefined): readonly Finding[] {
  if (probe === undefined || probe.outcome === null || probe.outcome === 'answered') return [];
  const { machineId, machineState, problem, at } = probe;
  const params = {
    place: place.name,
    machine: machineId ?? '–',
    state: machineState ?? 'never seen',
    why: problem ?? '–',
  };
  return [
    {
      check: 'reach',
      id: `probe/${place.name}`,
      subject: place.name,
      verdict: 'amber',
      by: byProbe(probe, place),
      at,
      finding: say(`probe-${probe.outcome}`, params),
      action: say(probe.outcome === 'silent' ? 'open-way-back' : 'probe-again'),
    },
  ];
}

function endpointsOf(
  service: PlannedService,
  places: readonly Probed[],
  facts: ReadinessFacts,
): readonly Finding[] {
  if (service.reaches.length === 0) {
    const about = { check: 'reach', id: service.name, subject: service.name } as const;
    const finding = say('reach-undeclared');
    return [{ ...about, by: 'nothing', verdict: 'unknown', finding, action: say('declare-reach') }];
  }
  const own = places.filter(({ place }) => place.services.includes(service.name));
  return service.reaches.flatMap((endpoint) => {
    const measured = own.flatMap(({ place, probe }) => reachFromThere(service, endpoint, place, probe));
    const seen = new Set(measured.map(({ place }) => place));
    const unmeasured = own.flatMap(({ place }) => (seen.has(place) ? [] : [place.name]));
    const lines = measured.map(({ line }) => line);
    if (unmeasured.length === 0 && lines.length > 0) return lines;
    return [...lines, unprobed(service, endpoint, unmeasured.join(', '), facts)];
  });
}

type Answer = ProbeFact['answers'][number]['answer'];

const ANSWERS: Readonly<Record<Answer, Readonly<{ verdict: ReadinessVerdict; code: ReadinessCode }>>> = {
  open: { verdict: 'green', code: 'reach-open-there' },
  refused: { verdict: 'red', code: 'reach-refused-there' },
  silent: { verdict: 'red', code: 'reach-silent-there' },
  unnamed: { verdict: 'red', code: 'reach-unnamed-there' },
  untried: { verdict: 'unknown', code: 'reach-untried-there' },
};

function reachFromThere(
  service: PlannedService,
  { name: endpoint, host, port }: Reach,
  place: ProbePlace,
  probe: ProbeFact | undefined,
): readonly Readonly<{ place: ProbePlace; line: Finding }>[] {
  const told = probe?.answers.find((one) => one.host === host && one.port === port);
  if (probe === undefined || told === undefined) return [];
  const { verdict, code } = ANSWERS[told.answer];
  const params = { endpoint, host, port, place: place.name, machine: probe.machineId ?? '–' };
  const line: Finding = {
    check: 'reach',
    id: `${service.name}/${endpoint}/${place.name}`,
    subject: `${service.name} → ${endpoint}, ${place.name}`,
    verdict,
    by: byProbe(probe, place),
    at: probe.at,
    finding: say(code, params),
    action: told.answer === 'untried' ? say('probe-tools') : say('open-firewall', params),
  };
  return [{ place, line }];
}

function byProbe({ id, machineId }: ProbeFact, { name }: ProbePlace): string {
  return `probe ${id.slice(0, 8)}, machine ${machineId ?? '–'} in ${name}`;
}

/** Of the places from which nothing was tried: what can be said from where Springtide runs. */
function unprobed(
  service: PlannedService,
  endpoint: Reach,
  places: string,
  { dials, probing }: ReadinessFacts,
): Finding {
  const dial = dials.find((one) => one.host === endpoint.host && one.port === endpoint.port);
  return {
    check: 'reach',
    id: `${service.name}/${endpoint.name}`,
    subject: `${service.name} → ${endpoint.name}`,
    action: say(probing ? 'probe-there' : 'set-probe-url'),
    ...reachFromHere(endpoint, places, dial?.answered),
  };
}

/** What answers here may be closed to the burst network: never green. What is silent here may be open there: never red. */
function reachFromHere(
  { name: endpoint, host, port }: Reach,
  place: string,
  answered: DialFact['answered'] | undefined,
): Pick<Finding, 'verdict' | 'finding' | 'by' | 'at'> {
  const params = { endpoint, host, port, place };
  if (answered === undefined || (!answered.known && answered.code === 'permission-denied')) {
    return { verdict: 'unknown', by: 'nothing', finding: say('reach-unmeasured', params) };
  }
  const measured = { by: 'a connection opened from where Springtide runs', at: answered.at };
  if (answered.known) return { ...measured, verdict: 'amber', finding: say('reach-from-here', params) };
  const finding = say('reach-silent', { ...params, why: answered.why });
  return { ...measured, verdict: 'unknown', finding };
}

function placesOf(
  subject: ReadinessSubject,
  accounts: readonly AccountFacts[],
): readonly Readonly<{ account: AccountFacts; region: string }>[] {
  return accounts.flatMap((account) => {
    const regions = new Set(
      subject.pools.flatMap((pool) => (pool.accountId === account.id ? [pool.region] : [])),
    );
    return [...regions].map((region) => ({ account, region }));
  });
}
