import { PasswordInput, TextInput } from '@mantine/core';
import { type FormEvent, useEffect, useRef, useState } from 'react';

import type { Command } from '../../api/may';
import type { ApiError } from '../../api/problem';
import { Act } from '../../parts/Act';
import { sentence } from '../../parts/format';

interface Props {
  site: string;
  /** Where the site's own profile page is. */
  profile: string | undefined;
  /** The command that its button leads to. */
  does: Command;
  isBusy: boolean;
  error: ApiError | null;
  submit: string;
  account?: string | undefined;
  onSubmit: (entered: { account: string; secret: string }) => void;
  onSaveAnyway?: ((entered: { account: string; secret: string }) => void) | undefined;
}

/** Shown in groups of four as WordPress shows it; what is typed stays as it is. */
export function grouped(secret: string): string {
  const bare = secret.replaceAll(/\s+/g, '');
  return bare.match(/.{1,4}/g)?.join(' ') ?? '';
}

/** User name and application password. Spaces do not matter. */
export function PasswordForm(props: Props) {
  const { does, site, profile, isBusy, error, submit, onSubmit, onSaveAnyway } = props;
  const [account, setAccount] = useState(props.account ?? '');
  const [secret, setSecret] = useState('');
  const [missing, setMissing] = useState<{ account?: string; secret?: string }>({});
  const accountField = useRef<HTMLInputElement>(null);
  const secretField = useRef<HTMLInputElement>(null);
  const bare = secret.replaceAll(/\s+/g, '');

  const entered = () => {
    const found: typeof missing = {};
    if (!account.trim()) found.account = 'Enter the name you sign in with at WordPress.';
    if (!bare) found.secret = 'Paste the application password.';
    setMissing(found);
    if (found.account) accountField.current?.focus();
    else if (found.secret) secretField.current?.focus();
    return found.account || found.secret ? undefined : { account: account.trim(), secret: grouped(secret) };
  };
  const send = (event: FormEvent) => {
    event.preventDefault();
    const values = entered();
    if (values) onSubmit(values);
  };
  const isOfAccount = error?.field?.endsWith('account') ?? false;
  const refusal = error ? (isOfAccount ? sentence(error.detail) : `${site} refused: ${sentence(error.detail)}`) : undefined;
  const wrong = { account: missing.account ?? (isOfAccount ? refusal : undefined), secret: missing.secret ?? (isOfAccount ? undefined : refusal) };
  useEffect(() => {
    if (error) (isOfAccount ? accountField : secretField).current?.focus();
  }, [error, isOfAccount]);

  return (
    <form className="stack" onSubmit={send} noValidate>
      <TextInput
        ref={accountField}
        label="WordPress user name"
        required
        autoComplete="off"
        maxLength={60}
        value={account}
        onChange={(event) => setAccount(event.currentTarget.value)}
        error={wrong.account}
      />
      <PasswordInput
        ref={secretField}
        label="Application password"
        description={`24 letters and digits, made in WordPress under Users, Profile, Application Passwords. Spaces do not matter.`}
        required
        autoComplete="off"
        maxLength={200}
        value={secret}
        onChange={(event) => setSecret(event.currentTarget.value)}
        error={wrong.secret}
        aria-invalid={wrong.secret ? true : undefined}
        visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
      />
      {bare ? (
        <p className="small muted">
          {bare.length === 24
            ? '24 characters, as an application password has.'
            : `${bare.length} characters; an application password has 24. The password for signing in does not work here.`}
        </p>
      ) : null}
      {profile ? (
        <p className="small">
          <a href={profile} target="_blank" rel="noopener noreferrer">
            Open the profile page of {site}
            <span className="visually-hidden"> (opens in a new tab)</span>
          </a>
        </p>
      ) : null}
      {error?.remedy ? <p className="small">What to do: {sentence(error.remedy)}</p> : null}
      {error ? <p className="small muted">Nothing was saved. What you entered is still here.</p> : null}
      <div className="row">
        <Act does={does} type="submit" loading={isBusy}>
          {submit}
        </Act>
        {onSaveAnyway && error?.code === 'TEST_FAILED' ? (
          <Act
            does={does}
            variant="default"
            onClick={() => {
              const values = entered();
              if (values) onSaveAnyway(values);
            }}
          >
            Save although the test failed
          </Act>
        ) : null}
      </div>
    </form>
  );
}
