import { Alert } from 'antd';
import { ApiProblem } from '@springtide/contracts';
import { knownKey, useText } from '../../i18n/language.js';

/** What went wrong, what it means, what to do next, and the number that finds it in the logs. */
export function ProblemNote({ error }: Readonly<{ error: unknown }>) {
  const text = useText();
  if (!(error instanceof ApiProblem)) {
    const detail = error instanceof Error ? error.message : String(error);
    return <Alert type="error" showIcon role="alert" title={text('problem.console')} description={detail} />;
  }
  const { title, detail, nextStep, correlationId, errors, code } = error.problem;
  const key = knownKey(`problem.code.${code}`);
  return (
    <Alert
      type="error"
      showIcon
      role="alert"
      title={key ? text(key) : title}
      description={
        <div className="problem">
          <p lang="en">{detail}</p>
          {errors && errors.length > 0 && (
            <ul lang="en">
              {errors.map(({ path, message }) => (
                <li key={`${path} ${message}`}>
                  <code>{path}</code> {message}
                </li>
              ))}
            </ul>
          )}
          {nextStep && (
            <p>
              <strong>{text('problem.next')}</strong> <span lang="en">{nextStep}</span>
            </p>
          )}
          <p className="quiet">
            {text('problem.number')} <code>{correlationId || text('problem.no-number')}</code> ·{' '}
            <code>{code}</code>
          </p>
        </div>
      }
    />
  );
}
