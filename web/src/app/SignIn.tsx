import { Button, PasswordInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useRef, useState } from 'react';

import { type ApiError, asApiError } from '../api/problem';
import { signIn } from '../api/session';
import { sentence } from '../parts/format';
import { Logo } from './Logo';

/** With an access key. */
export function SignIn({ refusal }: { refusal: ApiError | undefined }) {
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
          aria-invalid={problem ? true : undefined}
          error={problem ? `${sentence(problem.detail || problem.title)} ${sentence(problem.remedy)}` : undefined}
        />
        <Button type="submit" loading={isBusy} fullWidth>
          Sign in
        </Button>
      </form>
    </main>
  );
}

