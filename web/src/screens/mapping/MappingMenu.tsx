import { ActionIcon, Menu } from '@mantine/core';
import { useState } from 'react';

import { useWrite } from '../../api/queries';
import type { Mapping } from '../../api/schema';
import { useGo } from '../../app/go';
import { ConfirmDialog } from '../../parts/ConfirmDialog';
import { Icon } from '../../parts/Icon';
import { shortTime } from '../../parts/format';
import { toast } from '../../parts/toasts';
import { Who } from '../audit/Who';

const SHOWN = 12;

/** Older revisions to look at, the mapping as a file, and its end. */
export function MappingMenu({ mapping, newest }: { mapping: Mapping; newest: Mapping }) {
  const go = useGo();
  const [isDeleting, setDeleting] = useState(false);
  const path = { id: mapping.id };
  const remove = useWrite('DELETE /api/v1/mappings/{id}', {
    topics: ['mapping'],
    onDone: () => {
      toast(`${mapping.name} was deleted`);
      go('/mappings');
    },
  });
  const revisions = [...newest.revisions].sort((a, b) => b.revision - a.revision);
  const download = () => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([JSON.stringify(mapping.definition, null, 2)], { type: 'application/json' }));
    link.download = `${mapping.name.replaceAll(/[^\w.-]+/g, '_')}.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1_000);
  };
  return (
    <>
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
          <Menu.Item data-danger leftSection={<Icon name="trash" size={16} />} onClick={() => setDeleting(true)}>
            Delete
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ConfirmDialog
        does="DELETE /api/v1/mappings/{id}"
        isOpen={isDeleting}
        onClose={() => setDeleting(false)}
        onConfirm={() => remove.mutate({ path })}
        title={`Delete ${mapping.name}?`}
        confirm="Delete"
        isBusy={remove.isPending}
        error={remove.error}
      >
        <p>It can no longer be chosen. What was imported with it stays in Portal, and its revisions stay in the audit log.</p>
      </ConfirmDialog>
    </>
  );
}
