import { Button } from 'antd';
import { routes, type ScalingBody } from '@springtide/contracts';
import { useId } from 'react';
import { useSearchParams } from 'react-router';
import { useText } from '../../i18n/language.js';
import { useAnswer } from '../../shared/api/use-answer.js';
import { Page } from '../../shared/ui/page.js';
import { Waiting } from '../../shared/ui/waiting.js';
import { NewService } from './new-service.js';
import { OpenedOnce } from './opened-once.js';
import { ServiceScaling } from './service-scaling.js';

const REFRESH_MS = 15_000;

/** What strategies advise for every service, now or at a time to come. */
export function ScalingPage() {
  const text = useText();
  const field = useId();
  const [search, setSearch] = useSearchParams();
  const entered = search.get('at') ?? '';
  const at = instantOf(entered);
  const answer = useAnswer(routes.scalingList, {}, { everyMs: REFRESH_MS });
  return (
    <Page title={text('nav.scaling')}>
      <p className="quiet">{text('scaling.note')}</p>
      <div className="filters">
        <label htmlFor={field}>{text('scaling.at')}</label>
        <input
          id={field}
          type="datetime-local"
          value={entered}
          onChange={(event) =>
            setSearch(event.target.value === '' ? {} : { at: event.target.value }, { replace: true })
          }
        />
        {at !== undefined && (
          <>
            <Button onClick={() => setSearch({}, { replace: true })}>{text('scaling.now')}</Button>
            <span className="quiet">{text('scaling.at-note')}</span>
          </>
        )}
      </div>
      <Waiting answer={answer}>
        {({ items }) => (
          <>
            {items.length === 0 && <p>{text('scaling.none')}</p>}
            {items.map((scaling) =>
              at === undefined ? (
                <ServiceScaling key={scaling.service} scaling={scaling} changeable />
              ) : (
                <AtAnotherTime key={scaling.service} now={scaling} at={at} />
              ),
            )}
            {at === undefined && (
              <div className="section">
                <OpenedOnce title={text('scaling.new')}>
                  <NewService taken={items.map(({ service }) => service)} />
                </OpenedOnce>
              </div>
            )}
          </>
        )}
      </Waiting>
    </Page>
  );
}

/** What was entered is a time where the reader is. */
function instantOf(entered: string): string | undefined {
  const at = new Date(entered);
  return entered === '' || Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

function AtAnotherTime({ now, at }: Readonly<{ now: ScalingBody; at: string }>) {
  const answer = useAnswer(routes.scalingGet, { params: { service: now.service }, query: { at } });
  return <Waiting answer={answer}>{(scaling) => <ServiceScaling scaling={scaling} />}</Waiting>;
}
