import { ActionIcon, Menu } from '@mantine/core';

import type { Mapping } from '../../api/schema';
import { useGo } from '../../app/go';
import { Icon } from '../../parts/Icon';
import { shortTime } from '../../parts/format';
import { Who } from '../audit/Who';

const SHOWN = 12;

/** Older revisions to look at. */
export function MappingMenu({ mapping, newest }: { mapping: Mapping; newest: Mapping }) {
  const go = useGo();
  const revisions = [...newest.revisions].sort((a, b) => b.revision - a.revision);
  const download = () => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([JSON.stringify(mapping.definition, null, 2)], { type: 'application/json' }));
    link.download = `${mapping.name.replaceAll(/[^\w.-]+/g, '_')}.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1_000);
  };
  return (
    <Menu position="bottom-end" width={280}>
      <Menu.Target>
        <ActionIcon variant="default" size={36} aria-label="Revisions and more">
          <Icon name="dots" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown className="m-menu">
        <Menu.Label>Revisions</Menu.Label>
        {revisions.slice(0, SHOWN).map(({ revision, at, actor }) => (
          <Menu.Item
            key={revision}
            leftSection={<Icon name={revision === mapping.revision ? 'check' : 'history'} size={16} />}
            onClick={() => go(revision === newest.revision ? `/mappings/${mapping.id}` : `/mappings/${mapping.id}?revision=${revision}`)}
          >
            <span className="m-menu-name">Revision {revision}</span>
            <span className="m-menu-hint">
              {shortTime(at)} by <Who actor={actor} />
            </span>
          </Menu.Item>
        ))}
        {revisions.length === 0 ? <Menu.Item disabled>None saved yet</Menu.Item> : null}
        <Menu.Divider />
        <Menu.Item leftSection={<Icon name="download" size={16} />} onClick={download}>
          Export JSON
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
