import { ActionIcon, Button, Menu, Modal, TextInput, Tooltip } from '@mantine/core';
import { useState } from 'react';

import { call } from '../../api/client';
import { asApiError } from '../../api/problem';
import { useWrite } from '../../api/queries';
import type { Scenario } from '../../api/schema';
import { useGo } from '../../app/go';
import { Act, ActItem } from '../../parts/Act';
import { Icon, type IconName } from '../../parts/Icon';
import { ErrorPanel } from '../../parts/States';
import { sentence } from '../../parts/format';
import { toast } from '../../parts/toasts';
import { type Draft, draftFile } from './useDraft';
import type { Edits } from './useEdits';

interface Props {
  scenario: Scenario;
  draft: Draft;
  edits: Edits;
  isEditable: boolean;
  isOutline: boolean;
  onOutline: () => void;
}

/** Undo, redo, the outline, and what is needed less often. */
export function HeaderActions({ scenario, draft, edits, isEditable, isOutline, onOutline }: Props) {
  const [isRenaming, setRenaming] = useState(false);
  return (
    <>
      {isEditable ? (
        <span className="b-undo">
          <Tool icon="arrow-back-up" label={draft.undoable === undefined ? 'Undo' : `Undo: ${draft.undoable} (Ctrl Z)`} disabled={draft.undoable === undefined} onClick={edits.undo} />
          <Tool icon="arrow-forward-up" label={draft.redoable === undefined ? 'Redo' : `Redo: ${draft.redoable} (Ctrl Shift Z)`} disabled={draft.redoable === undefined} onClick={edits.redo} />
        </span>
      ) : null}
      <Tooltip label={isOutline ? 'Show the graph (o)' : 'Show the steps as a list (o)'}>
        <Button variant="default" className="b-outline-toggle" aria-pressed={isOutline} leftSection={<Icon name={isOutline ? 'sitemap' : 'list-details'} size={16} />} onClick={onOutline}>
          {isOutline ? 'Graph' : 'Outline'}
        </Button>
      </Tooltip>
      <MoreMenu scenario={scenario} draft={draft} onRename={() => setRenaming(true)} />
      {isRenaming ? <RenameDialog scenario={scenario} onClose={() => setRenaming(false)} /> : null}
    </>
  );
}

function Tool({ icon, label, disabled, onClick }: { icon: IconName; label: string; disabled: boolean; onClick: () => void }) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" size={36} aria-label={label} aria-disabled={disabled} data-disabled={disabled || undefined} onClick={disabled ? undefined : onClick}>
        <Icon name={icon} />
      </ActionIcon>
    </Tooltip>
  );
}

function MoreMenu({ scenario, draft, onRename }: { scenario: Scenario; draft: Draft; onRename: () => void }) {
  const go = useGo();
  const failed = (error: unknown) => toast(sentence(asApiError(error).detail), { tone: 'err' });
  const on = useWrite('POST /api/v1/scenarios/{id}/turn-on', { topics: ['scenario'], onDone: () => toast(`${scenario.name} is on`) });
  const off = useWrite('POST /api/v1/scenarios/{id}/turn-off', { topics: ['scenario'], onDone: () => toast(`${scenario.name} is off: nothing starts it`) });
  const path = { id: scenario.id };
  const duplicate = async () => {
    try {
      const made = await call('POST /api/v1/scenarios', { body: { name: `Copy of ${scenario.name}`.slice(0, 200), graph: { ...draft.graph } } });
      go(`/scenarios/${made.id}/builder`);
    } catch (error) {
      failed(error);
    }
  };
  const download = () => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(draftFile(draft.graph));
    link.download = `${scenario.name.replaceAll(/[^\w.-]+/g, '_')}.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1_000);
  };
  const icon = (name: IconName) => <Icon name={name} size={16} />;
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <ActionIcon variant="default" size={36} aria-label="More">
          <Icon name="dots" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <ActItem does="POST /api/v1/scenarios/{id}/rename" leftSection={icon('pencil')} onClick={onRename}>
          Rename
        </ActItem>
        <ActItem does="POST /api/v1/scenarios" leftSection={icon('copy')} onClick={() => void duplicate()}>
          Duplicate
        </ActItem>
        <Menu.Item leftSection={icon('versions')} onClick={() => go(`/scenarios/${scenario.id}/versions`)}>
          Versions
        </Menu.Item>
        <Menu.Item leftSection={icon('history')} onClick={() => go(`/scenarios/${scenario.id}/runs`)}>
          Runs
        </Menu.Item>
        <Menu.Item leftSection={icon('repeat')} onClick={() => go(`/scenarios/${scenario.id}/reimport`)}>
          Import again from history
        </Menu.Item>
        <Menu.Item leftSection={icon('download')} onClick={download}>
          Export JSON
        </Menu.Item>
        {scenario.version > 0 ? (
          <ActItem does={scenario.off ? 'POST /api/v1/scenarios/{id}/turn-on' : 'POST /api/v1/scenarios/{id}/turn-off'}
            leftSection={icon(scenario.off ? 'player-play' : 'player-pause')}
            onClick={() => (scenario.off ? on.mutate({ path }, { onError: failed }) : off.mutate({ path, body: {} }, { onError: failed }))}
          >
            {scenario.off ? 'Turn on' : 'Turn off'}
          </ActItem>
        ) : null}
      </Menu.Dropdown>
    </Menu>
  );
}

function RenameDialog({ scenario, onClose }: { scenario: Scenario; onClose: () => void }) {
  const [name, setName] = useState(scenario.name);
  const rename = useWrite('POST /api/v1/scenarios/{id}/rename', { topics: ['scenario'], onDone: onClose });
  return (
    <Modal opened onClose={onClose} title="Rename the scenario" closeButtonProps={{ 'aria-label': 'Close' }}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          rename.mutate({ path: { id: scenario.id }, body: { name } });
        }}
      >
        <TextInput label="Name" required value={name} maxLength={200} data-autofocus onChange={(event) => setName(event.currentTarget.value)} />
        {rename.error ? <ErrorPanel error={rename.error} unchanged /> : null}
        <div className="row dialog-actions">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Act does="POST /api/v1/scenarios/{id}/rename" type="submit" loading={rename.isPending} disabled={name.trim() === ''}>
            Rename
          </Act>
        </div>
      </form>
    </Modal>
  );
}
