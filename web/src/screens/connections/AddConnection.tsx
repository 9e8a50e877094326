import './connections.css';

import { Button, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react';

import { call, newKey } from '../../api/client';
import { type Check, type Found, type Trouble, discover } from '../../api/discover';
import { type ApiError, asApiError } from '../../api/problem';
import { useRead } from '../../api/queries';
import { useFilters, useGo } from '../../app/go';
import { Act } from '../../parts/Act';
import { Icon } from '../../parts/Icon';
import { Go } from '../../parts/Go';
import { Page } from '../../parts/Page';
import { ErrorPanel } from '../../parts/States';
import { sentence } from '../../parts/format';
import { Authorise } from './Authorise';
import { Checks } from './Checks';
import { ChooseImport } from './ChooseImport';
import { TestStep } from './TestStep';

interface LookedAt {
  checks: Check[];
  found?: Found | undefined;
  problem?: Trouble | undefined;
  error?: ApiError | undefined;
  isLooking: boolean;
}

/** From an address to a connection, in four steps that unfold. */
export function AddConnection() {
  const [search, change] = useFilters();
  const client = useQueryClient();
  const go = useGo();
  const app = search['app'] ?? 'wordpress';
  const connection = search['connection'];
  const step = search['step'];
  const [address, setAddress] = useState(search['url'] ?? '');
  const [looked, setLooked] = useState<LookedAt>({ checks: [], isLooking: false });
  const [missing, setMissing] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const trouble = useRef<HTMLDivElement>(null);
  const running = useRef<AbortController | undefined>(undefined);
  const apps = useRead(['app', app], 'GET /api/v1/apps/{id}', { path: { id: app } });
  const isRejected = search['rejected'] !== undefined;

  const look = async (wanted: string) => {
    running.current?.abort();
    const abort = new AbortController();
    running.current = abort;
    setLooked({ checks: [], isLooking: true });
    const take = (check: Check) =>
      setLooked((before) => {
        const at = before.checks.findIndex(({ id }) => id === check.id);
        const checks = at < 0 ? [...before.checks, check] : before.checks.with(at, check);
        return { ...before, checks };
      });
    try {
      const { found, problem } = await discover({ app, address: wanted }, take, abort.signal);
      setLooked((before) => ({ ...before, found, problem, isLooking: false }));
      change({ url: wanted });
    } catch (error) {
      if (abort.signal.aborted) return;
      setLooked((before) => ({ ...before, error: asApiError(error), isLooking: false }));
    }
  };
  // What is wrong has the focus as soon as it is there to have it.
  useEffect(() => {
    if (looked.problem) trouble.current?.focus();
  }, [looked.problem]);
  // Coming back from the site, or with an address in the link, goes on by itself.
  const begun = useRef(false);
  useEffect(() => {
    if (begun.current || connection || !search['url']) return;
    begun.current = true;
    void look(search['url']);
  });
  useEffect(
    () => () => {
      running.current?.abort();
      begun.current = false;
    },
    [],
  );

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setMissing(!address.trim());
    if (address.trim()) void look(address.trim());
    else field.current?.focus();
  };

  // Without a test: whoever approves on the site's page comes back with the password.
  const key = useRef({ for: '', key: '' });
  const create = async (): Promise<string> => {
    const found = looked.found;
    if (!found) throw new Error('no site was found');
    if (key.current.for !== found.address) key.current = { for: found.address, key: newKey() };
    const added = await call('POST /api/v1/connections', {
      body: { app, address: found.address, test: false },
      idempotencyKey: key.current.key,
    });
    void client.invalidateQueries({ queryKey: ['connection'] });
    return added.id;
  };

  const at = connection ? (step === 'import' ? 4 : 3) : looked.found ? 2 : 1;
  const site = looked.found?.identity.name || hostOf(looked.found?.address ?? address);
  return (
    <Page title={`Add connection: ${apps.data?.name ?? 'WordPress'}`} narrow back={<Go to="/connections" className="small">Connections</Go>}>
      <ol className="steps">
        <Step number={1} at={at} title="Address" done={looked.found ? `${site} · ${looked.found.address}` : undefined}>
          {at === 1 || looked.checks.length > 0 ? (
            <div className="stack">
              {connection ? null : (
                <form className="address-form" onSubmit={submit} noValidate>
                  <TextInput
                    ref={field}
                    label="Address of the site"
                    description="As you would type it: example.org, or any page of the site."
                    placeholder="example.org"
                    inputMode="url"
                    autoComplete="url"
                    autoCapitalize="off"
                    spellCheck={false}
                    maxLength={2_000}
                    value={address}
                    onChange={(event) => setAddress(event.currentTarget.value)}
                    error={missing ? 'Enter the address of the site.' : undefined}
                  />
                  <Act does="POST /api/v1/connections/discover" type="submit" loading={looked.isLooking} variant={looked.found ? 'default' : 'filled'}>
                    Find site
                  </Act>
                </form>
              )}
              {looked.checks.length > 0 ? <Checks checks={looked.checks} label="Checks of the address" /> : null}
              <div ref={trouble} tabIndex={-1} className="trouble">
                {looked.problem ? <NotFound problem={looked.problem} onUse={(next) => { setAddress(next); void look(next); }} /> : null}
                {looked.error ? <ErrorPanel error={looked.error} onRetry={() => void look(address.trim())} /> : null}
              </div>
              <p className="visually-hidden" role="status">
                {looked.found ? `Found ${site}` : looked.problem ? 'No site found' : ''}
              </p>
            </div>
          ) : null}
        </Step>
        <Step number={2} at={at} title="Authorise">
          {at === 2 && looked.found ? (
            <Authorise
              app={app}
              found={looked.found}
              isRejected={isRejected}
              create={create}
              onAdded={(id) => change({ connection: id, rejected: undefined })}
            />
          ) : null}
        </Step>
        <Step number={3} at={at} title="Test">
          {at >= 3 && connection ? (
            <TestStep id={connection} isOpen={at === 3} onNext={() => change({ step: 'import' }, { push: true })} />
          ) : null}
        </Step>
        <Step number={4} at={at} title="What to import">
          {at === 4 && connection ? (
            <ChooseImport id={connection} onDone={(scenario) => go(scenario ? `/scenarios/${scenario}/builder` : `/connections/${connection}/status`)} />
          ) : null}
        </Step>
      </ol>
    </Page>
  );
}

interface StepProps {
  number: number;
  at: number;
  title: string;
  done?: string | undefined;
  children: ReactNode;
}

function Step({ number, at, title, done, children }: StepProps) {
  const state = number < at ? 'done' : number === at ? 'now' : 'later';
  return (
    <li className="step" data-state={state} aria-current={state === 'now' ? 'step' : undefined}>
      <span className="check-mark" aria-hidden="true">
        {state === 'done' ? <Icon name="check" size={16} /> : number}
      </span>
      <div className="grow stack">
        <h2>
          {title}
          {state === 'done' ? <span className="visually-hidden">, done</span> : null}
          {done && state === 'done' ? <span className="small muted"> {done}</span> : null}
        </h2>
        {children}
      </div>
    </li>
  );
}

const REDIRECT = /https?:\/\/[^\s"'<>]+/;

function NotFound({ problem, onUse }: { problem: Trouble; onUse: (address: string) => void }) {
  const other = problem.code.includes('REDIRECT') ? REDIRECT.exec(`${problem.message} ${problem.remedy}`)?.[0] : undefined;
  return (
    <div className="error-panel" role="alert">
      <Icon name="alert-triangle" />
      <div className="grow stack-4">
        <p className="strong">No site found at this address</p>
        <p>{sentence(problem.message)}</p>
        {problem.remedy ? <p>What to do: {sentence(problem.remedy)}</p> : null}
        {other ? (
          <div>
            <Button size="xs" variant="default" onClick={() => onUse(other.replace(/[.,;]$/, ''))}>
              Use {other}
            </Button>
          </div>
        ) : null}
      </div>
    </div>
  );
}

function hostOf(address: string): string {
  return address.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
}
