import { Button } from 'antd';
import type { Permission } from '@springtide/contracts';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { useMay } from '../api/use-may.js';

type Props = Readonly<{ to: string; permission: Permission; children: ReactNode }>;

/** Leads to a form; off for those who could not send it, beside which the page says why. */
export function ButtonLink({ to, permission, children }: Props) {
  if (useMay(permission) === false) {
    return (
      <Button type="primary" disabled>
        {children}
      </Button>
    );
  }
  return (
    <Link className="button-link" to={to}>
      {children}
    </Link>
  );
}
