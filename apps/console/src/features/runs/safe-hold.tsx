import { Button } from 'antd';
import { routes, type RunBody } from '@springtide/contracts';
import { useText } from '../../i18n/language.js';
import { useCommand } from '../../shared/api/use-answer.js';
import { useFormat } from '../../shared/format/format.js';
import { Section } from '../../shared/ui/page.js';
import { ProblemNote } from '../../shared/ui/problem-note.js';
import { useCampaign } from '../campaigns/campaign-page.js';

type Hold = NonNullable<RunBody['safeHold']>;

/** The engine forgot the run: what it costs, how long it waits, and the two ways out. */
export function SafeHold({ run, hold }: Readonly<{ run: RunBody; hold: Hold }>) {
  const text = useText();
  const format = useFormat();
  const { timeZone } = useCampaign();
  const command = useCommand(routes.runCommand);
  const params = { id: run.id };
  const cost = format.rate(hold.costPerHour);
  const until = format.instant(hold.until, timeZone);
  return (
    <Section title={text('hold.title')} note={text('hold.note', { cost, until })}>
      {command.error && <ProblemNote error={command.error} />}
      <div className="actions">
        <Button
          type="primary"
          loading={command.isPending}
          onClick={() => command.mutate({ params, body: { command: 'go-on' }, ifMatch: run.version })}
        >
          {text('hold.go-on')}
        </Button>
        <Button
          danger
          loading={command.isPending}
          onClick={() => command.mutate({ params, body: { command: 'abort' } })}
        >
          {text('hold.bring-back')}
        </Button>
      </div>
    </Section>
  );
}
