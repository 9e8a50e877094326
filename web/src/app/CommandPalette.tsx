import { Modal, TextInput } from '@mantine/core';
import { type KeyboardEvent, useId, useMemo, useState } from 'react';

import { useRead } from '../api/queries';
import { Icon, type IconName } from '../parts/Icon';
import { useGo } from './go';
import { NAV } from './nav';

interface Entry {
  id: string;
  label: string;
  about: string;
  icon: IconName;
  run: () => void;
}

const SHOWN = 12;

/** Goes to anything by its name. */
export function CommandPalette({ onClose, onHelp }: { onClose: () => void; onHelp: () => void }) {
  const go = useGo();
  const list = useId();
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const query = { limit: 50 };
  const connections = useRead(['connection', 'list'], 'GET /api/v1/connections', { query });
  const scenarios = useRead(['scenario', 'list'], 'GET /api/v1/scenarios', { query });
  const mappings = useRead(['mapping', 'list'], 'GET /api/v1/mappings', { query });

  const entries = useMemo(() => {
    const to = (address: string) => () => go(address);
    const all: Entry[] = [
      ...NAV.map((entry) => ({ id: entry.to, label: entry.label, about: 'Page', icon: entry.icon, run: to(entry.to) })),
      { id: 'add', label: 'Add connection', about: 'Action', icon: 'plus', run: to('/connections/new?app=wordpress') },
      { id: 'new', label: 'New scenario', about: 'Action', icon: 'plus', run: to('/scenarios?panel=new') },
      { id: 'keys', label: 'Show keys', about: 'Action', icon: 'keyboard', run: onHelp },
      ...(connections.data?.items ?? []).map(({ id, name }) => ({
        id, label: name, about: 'Connection', icon: 'plug-connected' as const, run: to(`/connections/${id}/status`),
      })),
      ...(scenarios.data?.items ?? []).map(({ id, name }) => ({
        id, label: name, about: 'Scenario', icon: 'route' as const, run: to(`/scenarios/${id}/builder`),
      })),
      ...(mappings.data?.items ?? []).map(({ id, name }) => ({
        id, label: name, about: 'Mapping', icon: 'list-check' as const, run: to(`/mappings/${id}`),
      })),
    ];
    const wanted = text.trim().toLowerCase();
    return all.filter(({ label, about }) => `${label} ${about}`.toLowerCase().includes(wanted)).slice(0, SHOWN);
  }, [text, go, onHelp, connections.data, scenarios.data, mappings.data]);

  const run = (entry: Entry | undefined) => {
    if (!entry) return;
    onClose();
    entry.run();
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : entries.length - 1;
      setAt((before) => (entries.length === 0 ? 0 : (before + step) % entries.length));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      run(entries[at]);
    }
  };

  return (
    <Modal opened onClose={onClose} withCloseButton={false} centered={false} yOffset="12vh" padding={0} aria-label="Go to anything">
      <div className="palette">
        <TextInput
          data-autofocus
          size="md"
          aria-label="Go to a page, connection, scenario or mapping"
          placeholder="Go to a page, connection, scenario or mapping"
          role="combobox"
          aria-expanded
          aria-controls={list}
          aria-activedescendant={entries[at] ? `${list}-${at}` : undefined}
          leftSection={<Icon name="search" />}
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={press}
        />
        <div role="listbox" id={list} aria-label="Found" className="palette-list">
          {entries.map((entry, index) => (
            // The keyboard acts on the field above; the pointer acts here.
            // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
            <div
              key={entry.id}
              id={`${list}-${index}`}
              role="option"
              aria-selected={index === at}
              className="palette-entry"
              onClick={() => run(entry)}
              onMouseMove={() => setAt(index)}
            >
              <Icon name={entry.icon} />
              <span className="grow truncate">{entry.label}</span>
              <span className="small muted">{entry.about}</span>
            </div>
          ))}
        </div>
        {entries.length === 0 ? <p className="palette-none muted">Nothing has that name.</p> : null}
      </div>
    </Modal>
  );
}
