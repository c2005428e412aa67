import { Button } from 'antd';
import { useRouteError } from 'react-router';
import { useText } from '../i18n/language.js';
import { ProblemNote } from '../shared/ui/problem-note.js';

/** The console itself failed; what the server does is untouched by it. */
export function PageFault() {
  const text = useText();
  const error = useRouteError();
  return (
    <main className="page narrow">
      <h1>{text('fault.title')}</h1>
      <ProblemNote error={error} />
      <p>{text('fault.meaning')}</p>
      <Button type="primary" onClick={() => location.reload()}>
        {text('fault.reload')}
      </Button>
    </main>
  );
}
