import './settings.css';

import { SegmentedControl, Switch, Tabs, useMantineColorScheme } from '@mantine/core';
import { useState } from 'react';

import { useRead } from '../../api/queries';
import { useGo, usePathValues } from '../../app/go';
import { SHORTCUTS, areSingleKeysOn, setSingleKeys } from '../../app/shortcuts';
import { Card, Page } from '../../parts/Page';
import { EmptyState, Loaded } from '../../parts/States';
import { count, number } from '../../parts/format';
import { AccessKeys } from './AccessKeys';
import { RetentionTab } from './RetentionTab';
import { ErasuresTab } from './erasures/ErasuresTab';

const TABS = [
  ['access-keys', 'Access keys'],
  ['webhook-secrets', 'Webhook secrets'],
  ['retention', 'Retention'],
  ['erasures', 'Erasures'],
  ['appearance', 'Appearance'],
  ['about', 'About'],
] as const;

export function Settings() {
  const { tab = 'access-keys' } = usePathValues();
  const go = useGo();
  return (
    <Page title="Settings">
      <Tabs value={tab} onChange={(next) => go(`/settings/${next ?? 'access-keys'}`)} data-keeps-focus>
        <Tabs.List mb={16}>
          {TABS.map(([value, label]) => (
            <Tabs.Tab key={value} value={value}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={tab}>{panel(tab)}</Tabs.Panel>
      </Tabs>
    </Page>
  );
}

function panel(tab: string) {
  switch (tab) {
    case 'webhook-secrets':
      return (
        <Card title="Webhook secrets">
          <EmptyState icon="webhook">
            Secrets belong to connections: each shows its own under Webhooks, once, when it is made.
          </EmptyState>
        </Card>
      );
    case 'retention':
      return (
        <RetentionTab />
      );
    case 'erasures': return <ErasuresTab />;
    case 'appearance': return <Appearance />;
    case 'about': return <About />;
    default: return <AccessKeys />;
  }
}

function Appearance() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [hasKeys, setKeys] = useState(areSingleKeysOn);
  return (
    <div className="stack">
      <Card title="Colours">
        <SegmentedControl
          aria-label="Colours"
          value={colorScheme}
          onChange={(value) => setColorScheme(value as typeof colorScheme)}
          data={[
            { value: 'auto', label: 'As the system' },
            { value: 'light', label: 'Light' },
            { value: 'dark', label: 'Dark' },
          ]}
        />
      </Card>
      <Card title="Keys">
        <div className="stack">
          <Switch
            label="Single-letter keys"
            description="Such as ? and g o. Switch them off if you speak to your computer or press keys by accident."
            checked={hasKeys}
            onChange={(event) => {
              setSingleKeys(event.currentTarget.checked);
              setKeys(event.currentTarget.checked);
            }}
          />
          <dl className="keys">
            {SHORTCUTS.map(([keys, what]) => (
              <div key={keys}>
                <dt>
                  {keys.split(' ').map((key) => (
                    <kbd key={key}>{key}</kbd>
                  ))}
                </dt>
                <dd>{what}</dd>
              </div>
            ))}
          </dl>
        </div>
      </Card>
    </div>
  );
}

function About() {
  const about = useRead(['about'], 'GET /api/v1/about');
  return (
    <Loaded of={about} rows={6}>
      {(shown) => (
        <div className="stack">
          <Card title="This installation">
            <dl className="facts">
              <dt>Version</dt>
              <dd className="mono">{shown.version}</dd>
              <dt>Console</dt>
              <dd className="mono">{shown.ui ? shown.ui.slice(0, 16) : 'none in this build'}</dd>
              <dt>API</dt>
              <dd className="mono">{shown.api_version}</dd>
              <dt>End of the log</dt>
              <dd>{number(shown.store_position)}</dd>
              <dt>Views behind by</dt>
              <dd>{count(shown.projection_lag, 'event')}</dd>
            </dl>
          </Card>
          <Card title="Licences" flush>
            <ul className="licences">
              {shown.licences.map(({ name, licence }) => (
                <li key={name}>
                  <span>{name}</span>
                  <span className="muted">{licence}</span>
                </li>
              ))}
              <li>
                <span>Tabler Icons (outlines)</span>
                <span className="muted">MIT</span>
              </li>
            </ul>
          </Card>
        </div>
      )}
    </Loaded>
  );
}
