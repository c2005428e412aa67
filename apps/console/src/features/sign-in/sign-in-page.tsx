import { Alert, Button, Card, Input } from 'antd';
import { routes } from '@springtide/contracts';
import { useState, type FormEvent } from 'react';
import { LanguageSwitch } from '../../app/language-switch.js';
import { clientFor, useSession } from '../../app/session.js';
import { useText } from '../../i18n/language.js';
import { ProblemNote } from '../../shared/ui/problem-note.js';

export function SignInPage() {
  const text = useText();
  const { signIn, ended } = useSession();
  const [token, setToken] = useState('');
  const [trouble, setTrouble] = useState<unknown>(null);
  const [asking, setAsking] = useState(false);

  async function enter(event: FormEvent): Promise<void> {
    event.preventDefault();
    const given = token.trim();
    if (given === '') return;
    setAsking(true);
    setTrouble(null);
    try {
      await clientFor(given).call(routes.whoAmI);
      signIn(given);
    } catch (error) {
      setTrouble(error);
    } finally {
      setAsking(false);
    }
  }

  return (
    <main className="sign-in">
      <Card className="sign-in-card">
        <div className="sign-in-head">
          <img src="/favicon.svg" alt="" width={40} height={40} />
          <h1>{text('brand')}</h1>
          <LanguageSwitch />
        </div>
        <p>{text('sign-in.purpose')}</p>
        {ended && <Alert type="warning" showIcon title={text('sign-in.ended')} />}
        <form onSubmit={(event) => void enter(event)}>
          <label htmlFor="token">{text('sign-in.token')}</label>
          <Input.Password
            id="token"
            value={token}
            autoComplete="off"
            visibilityToggle={false}
            aria-describedby="token-help"
            onChange={(event) => setToken(event.target.value)}
          />
          <p id="token-help" className="quiet">
            {text('sign-in.help')}
          </p>
          {trouble !== null && <ProblemNote error={trouble} />}
          <Button type="primary" htmlType="submit" loading={asking} block size="large">
            {text('sign-in.enter')}
          </Button>
        </form>
      </Card>
    </main>
  );
}
