import { ActionIcon, Button, Menu } from '@mantine/core';

import { Icon } from '../../parts/Icon';
import { KindTile } from './KindTile';
import { useBuilder } from './context';
import { targets } from './edits';
import { type Branch, type Edge, type Step, branchesOf, edgeKey, namedBranch, sortedFrom, stepOf } from './graph';
import { BRANCH_WORDS, titleOf } from './words';

/** Where a step leads to, as a list: the way to connect steps without dragging. Its failure branch is told apart. */
export function ConnectTo({ step }: { step: Step }) {
  const { graph, isEditable } = useBuilder();
  const branches = branchesOf(step.kind).filter((branch) => branch !== 'failure');
  if (branches.length === 0) return null;
  const leaving = sortedFrom(graph, step.id).filter((edge) => edge.branch !== 'failure');
  return (
    <fieldset className="b-leads">
      <legend>Leads to</legend>
      {leaving.length === 0 ? <p className="small muted">No step follows yet.</p> : null}
      <Leads edges={leaving} />
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

/** Steps that connections lead to, each with a way to disconnect. */
export function Leads({ edges }: { edges: readonly Edge[] }) {
  const { graph, isEditable, disconnect, select } = useBuilder();
  return (
    <ul className="stack-4">
      {edges.map((edge) => {
        const target = stepOf(graph, edge.to);
        const branch = namedBranch(graph, edge);
        if (!target) return null;
        return (
          <li key={edgeKey(edge)} className="b-lead">
            <KindTile kind={target.kind} size={24} />
            <button type="button" className="link grow truncate" onClick={() => select(target.id, 'focus')}>
              {titleOf(target)}
            </button>
            {branch === undefined ? null : <span className="badge badge-idle tag">{BRANCH_WORDS[branch]}</span>}
            {isEditable ? (
              <ActionIcon variant="subtle" color="gray" size={32} aria-label={`Disconnect from ${titleOf(target)}`} onClick={() => disconnect(edge)}>
                <Icon name="unlink" size={16} />
              </ActionIcon>
            ) : null}
          </li>
        );
      })}
    </ul>
  );
}

export function ConnectMenu({ step, branch }: { step: Step; branch: Branch | undefined }) {
  const { graph, connect, say } = useBuilder();
  const all = targets(graph, step.id, branch);
  const sorted = [...all].sort((a, b) => Number(a.refused !== undefined) - Number(b.refused !== undefined));
  return (
    <Menu position="bottom-start" width={320} withinPortal>
      <Menu.Target>
        <Button size="xs" variant="default" leftSection={<Icon name="link" size={16} />}>
          {branch === undefined ? 'Connect to…' : `Connect “${BRANCH_WORDS[branch]}” to…`}
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
