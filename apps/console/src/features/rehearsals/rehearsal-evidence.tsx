import { Link } from 'react-router';
import { useText } from '../../i18n/language.js';
import { Waiting } from '../../shared/ui/waiting.js';
import { RehearsalList } from './rehearsal-list.js';
import { useRehearsals } from './use-rehearsals.js';

/** How the plan fared before somebody approves it. */
export function RehearsalEvidence({ planId }: Readonly<{ planId: string }>) {
  const text = useText();
  const answer = useRehearsals(planId);
  return (
    <>
      <h3>{text('rehearsal.list')}</h3>
      <Waiting answer={answer}>
        {({ items }) =>
          items.length === 0 ? <p>{text('rehearsal.none-evidence')}</p> : <RehearsalList rehearsals={items} />
        }
      </Waiting>
      <p>
        <Link to="../rehearsal">{text('rehearsal.go')}</Link>
      </p>
    </>
  );
}
