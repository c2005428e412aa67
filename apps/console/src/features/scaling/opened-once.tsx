import { useState, type ReactNode } from 'react';

type Props = Readonly<{ title: string; children: ReactNode }>;

/** Made when it is first opened, and kept from then on with what was typed into it. */
export function OpenedOnce({ title, children }: Props) {
  const [isMade, setMade] = useState(false);
  return (
    <details onToggle={(event) => setMade(isMade || event.currentTarget.open)}>
      <summary>{title}</summary>
      {isMade && children}
    </details>
  );
}
