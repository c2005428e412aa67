import { routes } from '@springtide/contracts';
import { Link } from 'react-router';
import { useAnswer } from '../../shared/api/use-answer.js';

/** Of the proxy or cloud that carries the traffic. */
export function AccountName({ id }: Readonly<{ id: string }>) {
  const answer = useAnswer(routes.accountGet, { params: { id } });
  return <Link to={`/accounts/${id}`}>{answer.data?.name ?? '…'}</Link>;
}
