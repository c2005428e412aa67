import { useEffect, type ReactNode } from 'react';
import { useText } from '../../i18n/language.js';

type PageProps = Readonly<{ title: string; aside?: ReactNode; children: ReactNode }>;

/** A page has one heading, names the browser tab, and may carry actions beside its heading. */
export function Page({ title, aside, children }: PageProps) {
  const text = useText();
  const brand = text('brand');
  useEffect(() => {
    document.title = `${title} · ${brand}`;
  }, [title, brand]);
  return (
    <>
      <div className="page-head">
        <h1>{title}</h1>
        {aside && <div className="actions">{aside}</div>}
      </div>
      {children}
    </>
  );
}

type SectionProps = Readonly<{ title: string; aside?: ReactNode; note?: ReactNode; children: ReactNode }>;

export function Section({ title, aside, note, children }: SectionProps) {
  return (
    <section className="section">
      <div className="section-head">
        <h2>{title}</h2>
        {aside && <div className="actions">{aside}</div>}
      </div>
      {note && <p className="quiet">{note}</p>}
      {children}
    </section>
  );
}
