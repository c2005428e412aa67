import { lineOf, type Finding, type FoundLine } from './readiness.js';
import { say } from './sentences.js';
import type { PlannedLink, ReadinessSubject } from './subject.js';

export function isAllPrivate(subject: ReadinessSubject): boolean {
  return subject.pools.every((pool) => pool.purchaseOption === 'private');
}

/** Only where capacity stands in several sites can a link between them matter. What is declared is not yet measured. */
export function judgeLinks(subject: ReadinessSubject, at: string): readonly FoundLine[] {
  if (isAllPrivate(subject)) return [];
  const declared = subject.links.flatMap((link) => declaredLink(link, at));
  const undeclared = subject.links.filter((link) => link.declared === null).map(({ place }) => place);
  return [...declared, ...undeclaredLinks(undeclared)].map((finding) => lineOf(subject, finding));
}

function undeclaredLinks(places: readonly string[]): readonly Finding[] {
  if (places.length === 0) return [];
  const sites = places.join(', ');
  const about = { check: 'link', id: 'sites', subject: sites, by: 'nothing' } as const;
  const finding = say('link-undeclared', { sites });
  return [{ ...about, verdict: 'unknown', finding, action: say('declare-link') }];
}

function declaredLink({ place, declared, neededMbps }: PlannedLink, at: string): readonly Finding[] {
  if (declared === null) return [];
  const { name: link, freeMbps: free, evidence } = declared;
  const about = { check: 'link', id: link, subject: place, by: 'as its owner declared it', at } as const;
  const params = { link, free, evidence };
  if (neededMbps === null) {
    const finding = say('link-load-untold', params);
    return [{ ...about, verdict: 'amber', finding, action: say('declare-traffic') }];
  }
  const needed = Math.ceil(neededMbps);
  if (needed > free) {
    const finding = say('link-narrow', { ...params, needed });
    return [{ ...about, verdict: 'red', finding, action: say('widen-link', { needed }) }];
  }
  const finding = say('link-declared', { ...params, needed });
  return [{ ...about, verdict: 'amber', finding, action: say('measure-link') }];
}
