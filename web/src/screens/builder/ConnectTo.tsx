import { ActionIcon, Button, Menu } from '@mantine/core';

import { Icon } from '../../parts/Icon';
import { KindTile } from './KindTile';
import { useBuilder } from './context';
import { targets } from './edits';
import { type Branch, type Step, branchOf, edgeKey, sortedFrom, stepOf } from './graph';
import { titleOf } from './words';

/** Where a step leads to, as a list: the way to connect steps without dragging. */
export function ConnectTo({ step }: { step: Step }) {
  const { graph, isEditable, disconnect, select } = useBuilder();
  if (step.kind === 'write') return null;
  const leaving = sortedFrom(graph, step.id);
  const branches: (Branch | undefined)[] = step.kind === 'filter' ? ['matches', 'otherwise'] : [undefined];
  return (
    <fieldset className="b-leads">
      <legend>Leads to</legend>
      {leaving.length === 0 ? <p className="small muted">No step follows yet.</p> : null}
      <ul className="stack-4">
        {leaving.map((edge) => {
          const target = stepOf(graph, edge.to);
          if (!target) return null;
          return (
            <li key={edgeKey(edge)} className="b-lead">
              <KindTile kind={target.kind} size={24} />
              <button type="button" className="link grow truncate" onClick={() => select(target.id, 'focus')}>
                {titleOf(target)}
              </button>
              {step.kind === 'filter' ? <span className="badge badge-idle tag">{branchOf(edge)}</span> : null}
              {isEditable ? (
                <ActionIcon variant="subtle" color="gray" size={32} aria-label={`Disconnect from ${titleOf(target)}`} onClick={() => disconnect(edge)}>
                  <Icon name="unlink" size={16} />
                </ActionIcon>
              ) : null}
            </li>
          );
        })}
      </ul>
      {isEditable ? (
        <div className="row">
          {branches.map((branch) => (
            <ConnectMenu key={branch ?? ''} step={step} branch={branch} />
          ))}
        </div>
      ) : null}
    </fieldset>
  );
}

function ConnectMenu({ step, branch }: { step: Step; branch: Branch | undefined }) {
  const { graph, connect, say } = useBuilder();
  const all = targets(graph, step.id, branch);
  const sorted = [...all].sort((a, b) => Number(a.refused !== undefined) - Number(b.refused !== undefined));
  return (
    <Menu position="bottom-start" width={320} withinPortal>
      <Menu.Target>
        <Button size="xs" variant="default" leftSection={<Icon name="link" size={16} />}>
          {branch === undefined ? 'Connect to…' : `Connect “${branch}” to…`}
        </Button>
      </Menu.Target>
      <Menu.Dropdown className="b-all-problems">
        {sorted.length === 0 ? <Menu.Label>There is no other step yet</Menu.Label> : null}
        {sorted.map(({ step: target, refused }) => (
          <Menu.Item
            key={target.id}
            // Those that are refused can be chosen: the answer is the reason.
            data-refused={refused !== undefined || undefined}
            leftSection={<KindTile kind={target.kind} size={24} />}
            onClick={() => (refused === undefined ? connect(step.id, target.id, branch) : say(refused))}
          >
            <span className="b-menu-name">{titleOf(target)}</span>
            {refused === undefined ? null : <span className="b-menu-why">{refused}</span>}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
