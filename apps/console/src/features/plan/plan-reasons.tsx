import { explanationSections, type PlanPool, type Reason } from '@springtide/contracts';
import { useLanguage, useText } from '../../i18n/language.js';

type Props = Readonly<{ reasons: readonly Reason[]; pools: readonly PlanPool[] }>;

/** Why the plan is as it is, told under headings; a code this console does not know yet is shown in the server's own English. */
export function PlanReasons({ reasons, pools }: Props) {
  const text = useText();
  const language = useLanguage();
  if (reasons.length === 0) return <p className="quiet">{text('plan.no-reasons')}</p>;
  const sections = explanationSections(reasons, { language, nameOf: (id) => poolName(pools, id) });
  return sections.map(({ title, sentences }) => (
    <section key={title} aria-label={title}>
      <h3>{title}</h3>
      <ul className="reasons">
        {sentences.map((sentence, index) => (
          <li key={`${title} ${index}`}>{sentence}</li>
        ))}
      </ul>
    </section>
  ));
}

/** By account, zone and type; one that is not known here keeps its id, which says the same. */
export function poolName(pools: readonly PlanPool[], id: string): string {
  const pool = pools.find((one) => one.id === id);
  return pool ? `${pool.accountName} ${pool.zone} ${pool.machineType}` : id;
}
