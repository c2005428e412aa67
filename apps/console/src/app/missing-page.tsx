import { Link } from 'react-router';
import { useText } from '../i18n/language.js';
import { Page } from '../shared/ui/page.js';

export function MissingPage() {
  const text = useText();
  return (
    <Page title={text('missing.title')}>
      <p>
        {text('missing.detail')} <Link to="/campaigns">{text('nav.campaigns')}</Link>
      </p>
    </Page>
  );
}
