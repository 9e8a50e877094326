import { Button, PasswordInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react';

import { onSignedOut } from '../api/client';
import { type ApiError, asApiError } from '../api/problem';
import { signIn, useSession } from '../api/session';
import { sentence } from '../parts/format';
import { Logo } from './Logo';

interface Props {
  /** From the start address. */
  token: string | undefined;
  children: ReactNode;
}

/** Lets in who is signed in; everybody else sees how to sign in. */
export function Gate({ token, children }: Props) {
  const client = useQueryClient();
  const exchanging = useRef(false);
  const [isExchanging, setExchanging] = useState(token !== undefined);
  const [refusal, setRefusal] = useState<ApiError>();
  const session = useSession();

  useEffect(() => onSignedOut(() => void client.invalidateQueries({ queryKey: ['session'] })), [client]);
  useEffect(() => {
    if (!token || exchanging.current) return;
    exchanging.current = true;
    signIn(token)
      .catch((error: unknown) => setRefusal(asApiError(error)))
      .finally(() => {
        setExchanging(false);
        void client.invalidateQueries({ queryKey: ['session'] });
      });
  }, [token, client]);

  // A question that failed once is asked again behind the page, which says itself that nothing answers.
  if (isExchanging || (session.isPending && session.errorUpdateCount === 0)) return <div className="gate" aria-busy="true" />;
  if (session.data === null) return <SignIn refusal={refusal} />;
  return children;
}

function SignIn({ refusal }: { refusal: ApiError | undefined }) {
  const client = useQueryClient();
  const [key, setKey] = useState('');
  const [problem, setProblem] = useState(refusal);
  const [isBusy, setBusy] = useState(false);
  const field = useRef<HTMLInputElement>(null);

  useEffect(() => {
    document.title = 'Sign in · Portal Integrations';
  }, []);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      await signIn(key);
      await client.invalidateQueries({ queryKey: ['session'] });
    } catch (error) {
      setProblem(asApiError(error));
      field.current?.focus();
    } finally {
      setBusy(false);
    }
  };

  return (
    <main className="gate">
      <form className="card gate-card stack" onSubmit={(event) => void submit(event)}>
        <div className="row">
          <Logo />
          <span className="strong">Portal Integrations</span>
        </div>
        <div className="stack-4">
          <h1>Sign in</h1>
          <p className="muted">
            Use an access key. The first one is printed when the server starts; more are made under Settings, Access
            keys, or with <code>portal-integrations tokens issue</code>.
          </p>
        </div>
        <PasswordInput
          ref={field}
          label="Access key"
          placeholder="pit_…"
          autoComplete="current-password"
          required
          autoFocus
          value={key}
          onChange={(event) => setKey(event.currentTarget.value)}
          error={problem ? `${sentence(problem.detail || problem.title)} ${sentence(problem.remedy)}` : undefined}
        />
        <Button type="submit" loading={isBusy} fullWidth>
          Sign in
        </Button>
      </form>
    </main>
  );
}

