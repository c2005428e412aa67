import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ControlName, EngineEvidence, Evidence } from './harness.js';

export type SuiteKind = 'provider' | 'traffic' | 'workload';

type RuleFacts = Readonly<{ id: string; title: string; controls?: readonly ControlName[] }>;

type HarnessFacts = Readonly<{
  name: string;
  manifest: Readonly<{ id: string }>;
  evidence?: EngineEvidence;
  unavailable?: string;
}>;

export type RuleOutcome = Readonly<{
  id: string;
  outcome: 'passed' | 'failed' | 'skipped';
  /** Of a skipped one. */
  reason?: string;
  evidence?: Evidence;
}>;

/** Where runs leave what came of them, for the matrix; nothing is written where it is not set. */
const FOLDER = 'SPRINGTIDE_CONFORMANCE_FOLDER';

const WEAKEST_FIRST: readonly Evidence[] = ['our reading', 'injected', 'provoked'];

/** Thrown by a rule that turns out to be about something that is not there. */
export class NotHere extends Error {
  constructor(readonly reason: string) {
    super(`not here: ${reason}`);
  }
}

/** What came of every rule in one run against one service. */
export class SuiteRecord {
  readonly #outcomes = new Map<string, RuleOutcome>();

  constructor(
    private readonly kind: SuiteKind,
    private readonly harness: HarnessFacts,
    private readonly rules: readonly RuleFacts[],
  ) {}

  skipped(rule: RuleFacts, reason: string): void {
    this.#outcomes.set(rule.id, { id: rule.id, outcome: 'skipped', reason });
  }

  async hold(rule: RuleFacts, check: () => Promise<void>): Promise<void> {
    try {
      await check();
      this.#outcomes.set(rule.id, { id: rule.id, outcome: 'passed', ...this.#evidenceOf(rule) });
    } catch (thrown) {
      if (thrown instanceof NotHere) {
        this.skipped(rule, thrown.reason);
        return;
      }
      this.#outcomes.set(rule.id, { id: rule.id, outcome: 'failed' });
      throw thrown;
    }
  }

  /** Says on the error output what was skipped, and writes the run down. */
  async close(): Promise<void> {
    this.#report();
    const folder = process.env[FOLDER];
    // A run of chosen tests says nothing about the others.
    if (folder === undefined || this.#outcomes.size < this.rules.length) return;
    const { name, manifest, evidence, unavailable } = this.harness;
    const run = {
      kind: this.kind,
      provider: manifest.id,
      name,
      engine: evidence?.engine ?? null,
      unavailable: unavailable ?? null,
      outcomes: this.rules.map((rule) => this.#outcomes.get(rule.id)),
    };
    await mkdir(folder, { recursive: true });
    const file = `${this.kind}-${name.replaceAll(/[^A-Za-z0-9]+/g, '-')}.json`;
    await writeFile(join(folder, file), `${JSON.stringify(run, null, 2)}\n`);
  }

  #report(): void {
    const skipped = this.rules.flatMap((rule) => {
      const outcome = this.#outcomes.get(rule.id);
      return outcome?.outcome === 'skipped'
        ? [`  - ${rule.id} ${rule.title}: ${outcome.reason ?? ''}\n`]
        : [];
    });
    if (skipped.length === 0) return;
    const ran = this.rules.length - skipped.length;
    process.stderr.write(
      `\n${this.kind} conformance of ${this.harness.name}: ${ran} of ${this.rules.length} rules ran; skipped:\n${skipped.join('')}`,
    );
  }

  /** No stronger than the weakest thing that it rests on. */
  #evidenceOf({ id, controls = [] }: RuleFacts): { evidence?: Evidence } {
    const { evidence } = this.harness;
    if (evidence === undefined) return {};
    const rests = [
      evidence.rules?.[id] ?? evidence.nature,
      ...controls.flatMap((control) => evidence.controls?.[control] ?? []),
    ];
    const weakest = WEAKEST_FIRST.find((each) => rests.includes(each));
    return weakest === undefined ? {} : { evidence: weakest };
  }
}
