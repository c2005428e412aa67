import type { Instant } from '@springtide/kernel';
import type { FoundLine } from './readiness.js';
import { say } from './sentences.js';

/** What somebody looked up where Springtide cannot, and vouches for by name until an instant. */
export type StoredAttestation = Readonly<{
  key: string;
  /** What the line was about and had found: where more places are meant than were looked at, it says nothing. */
  subject: string;
  code: string;
  statement: string;
  by: string;
  at: Instant;
  until: Instant;
}>;

/**
 * A word is not a measurement: what somebody vouches for is amber, never green. It counts in checks made before it runs
 * out, and for a campaign that was not moved past it.
 */
export function withAttestations<Line extends FoundLine>(
  lines: readonly Line[],
  checkedAt: Instant,
  attestations: readonly StoredAttestation[],
): readonly Line[] {
  return lines.map((line) => {
    const word = attestations.findLast((one) => isAbout(one, line));
    if (word === undefined || line.verdict !== 'unknown') return line;
    if (word.until < checkedAt || word.until < line.dueAt) return line;
    const { by, at, until, statement } = word;
    const finding = say('attested', { by, until, statement });
    return { ...line, verdict: 'amber', finding, evidence: { by, measuredAt: at } };
  });
}

function isAbout({ key, subject, code }: StoredAttestation, line: FoundLine): boolean {
  return key === line.key && subject === line.subject && code === line.finding.code;
}
