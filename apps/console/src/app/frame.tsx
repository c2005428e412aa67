import { Button, Spin } from 'antd';
import { routes } from '@springtide/contracts';
import { NavLink, Outlet, useNavigation } from 'react-router';
import { SignInPage } from '../features/sign-in/sign-in-page.js';
import { useText } from '../i18n/language.js';
import { useAnswer } from '../shared/api/use-answer.js';
import { ProblemNote } from '../shared/ui/problem-note.js';
import { LanguageSwitch } from './language-switch.js';
import { useSession } from './session.js';

const PLACES = [
  'campaigns',
  'calendar',
  'approvals',
  'stuck',
  'accounts',
  'templates',
  'routes',
  'clusters',
  'machines',
  'inventory',
  'topology',
  'scaling',
  'audit',
] as const;

export function Frame() {
  const { token } = useSession();
  return token === null ? <SignInPage /> : <SignedIn />;
}

function SignedIn() {
  const text = useText();
  const me = useAnswer(routes.whoAmI, {});
  const { state } = useNavigation();
  return (
    <div className="frame">
      <a className="skip" href="#content">
        {text('frame.skip')}
      </a>
      <header className="top">
        <span className="brand">
          <img src="/favicon.svg" alt="" width={28} height={28} />
          {text('brand')}
        </span>
        <nav aria-label={text('frame.places')}>
          {PLACES.map((place) => (
            <NavLink key={place} to={`/${place}`}>
              {text(`nav.${place}`)}
            </NavLink>
          ))}
        </nav>
        <div className="who">
          {me.data && <span className="name">{me.data.user.name}</span>}
          <LanguageSwitch />
          <SignOut />
        </div>
      </header>
      <main id="content" className="page" tabIndex={-1} aria-busy={state === 'loading'}>
        {me.error && <ProblemNote error={me.error} />}
        {state === 'loading' && <Spin aria-label={text('common.loading')} />}
        <Outlet />
      </main>
    </div>
  );
}

function SignOut() {
  const text = useText();
  const { signOut } = useSession();
  return <Button onClick={signOut}>{text('frame.sign-out')}</Button>;
}
