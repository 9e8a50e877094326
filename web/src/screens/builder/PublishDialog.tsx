import { Button, Modal, Textarea } from '@mantine/core';
import { useQueries } from '@tanstack/react-query';
import { useMemo, useState } from 'react';

import { call } from '../../api/client';
import { useWrite } from '../../api/queries';
import type { Scenario } from '../../api/schema';
import { useGo } from '../../app/go';
import { Act } from '../../parts/Act';
import { ErrorPanel } from '../../parts/States';
import { toast } from '../../parts/toasts';
import { readDefinition } from '../mapping/definition';
import { compare as compareMappings } from '../mapping/diff';
import { preview } from '../scenarios/reimport';
import { KindTile } from './KindTile';
import { useBuilder } from './context';
import { type Change, compare, isEmpty, repinned } from './diff';
import { readGraph } from './graph';
import { kindName } from './words';

interface Props {
  scenario: Scenario;
  draft: number;
  onClose: () => void;
}

const WORDS = { added: 'Added', changed: 'Changed', removed: 'Removed' } as const;
const TONES = { added: 'ok', changed: 'info', removed: 'err' } as const;

/** What publishing changes, in words, and a note for whoever looks later. */
export function PublishDialog({ scenario, draft, onClose }: Props) {
  const { graph, installed, say } = useBuilder();
  const go = useGo();
  const [note, setNote] = useState('');
  const before = useMemo(() => readGraph(scenario.version_graph), [scenario.version_graph]);
  const diff = useMemo(() => compare(before, graph, installed.names), [before, graph, installed.names]);
  const pins = useMemo(
    () => repinned(before, graph, (id) => installed.mappings.find((mapping) => mapping.id === id)?.revision),
    [before, graph, installed.mappings],
  );
  const next = scenario.version + 1;
  const publish = useWrite('POST /api/v1/scenarios/{id}/publish', {
    topics: ['scenario'],
    onDone: () => {
      if (scenario.version === 0) toast(`v${next} live`);
      else toast(`v${next} live. What was imported before stays as it is.`, { action: { label: 'See what would change', run: () => void preview(scenario.id, {}, go) } });
      say(`Published: v${next} live`);
      onClose();
    },
  });
  const same = scenario.version > 0 && isEmpty(diff) && pins.length === 0;
  return (
    <Modal opened onClose={onClose} title={`Publish version ${next}`} size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          publish.mutate({ path: { id: scenario.id }, body: { draft, note } });
        }}
      >
        {scenario.version === 0 ? <p>This is the first version: {graph.nodes.length} steps.</p> : null}
        {same ? <p>Nothing differs from version {scenario.version}.</p> : null}
        {diff.steps.length > 0 ? (
          // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls needs the keyboard
          <div className="b-changes" role="region" aria-label="Steps that change" tabIndex={0}>
            <ul>
              {diff.steps.map((change) => (
                <ChangeLine key={`${change.what} ${change.kind} ${change.title}`} change={change} />
              ))}
            </ul>
          </div>
        ) : null}
        {scenario.version > 0 && diff.connections.length > 0 ? (
          <ul className="b-change-details">
            {diff.connections.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        ) : null}
        <MappingChanges pins={pins} />
        <Textarea
          label="Note"
          description="What has changed and why, for whoever looks at the versions later"
          autosize
          minRows={2}
          maxLength={2_000}
          value={note}
          data-autofocus
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        {scenario.version > 0 ? <p className="small muted">Runs that are going on finish on the version they began with.</p> : null}
        {publish.error ? <ErrorPanel error={publish.error} unchanged /> : null}
        <div className="row dialog-actions">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Act does="POST /api/v1/scenarios/{id}/publish" type="submit" loading={publish.isPending}>
            Publish v{next}
          </Act>
        </div>
      </form>
    </Modal>
  );
}

function ChangeLine({ change }: { change: Change }) {
  return (
    <li className="b-change">
      <KindTile kind={change.kind} size={28} />
      <div className="grow">
        <p>
          <span className={`badge badge-${TONES[change.what]} tag`}>{WORDS[change.what]}</span> <strong>{change.title}</strong>{' '}
          <span className="muted small">{kindName(change.kind)}</span>
        </p>
        {change.details.map((line) => (
          <p key={line} className="small muted">
            {line}
          </p>
        ))}
      </div>
    </li>
  );
}

/** Publishing takes each mapping's newest revision: what that changes. */
function MappingChanges({ pins }: { pins: ReturnType<typeof repinned> }) {
  const { installed } = useBuilder();
  const answers = useQueries({
    queries: pins.map(({ mapping, from, to }) => ({
      queryKey: ['mapping', mapping, 'between', from, to],
      queryFn: async () => {
        const [old, now] = await Promise.all(
          [from, to].map((revision) => call('GET /api/v1/mappings/{id}', { path: { id: mapping }, query: { revision } })),
        );
        return old && now ? compareMappings(readDefinition(old.definition, old.entity), readDefinition(now.definition, now.entity)) : [];
      },
    })),
  });
  return pins.map(({ mapping, from, to }, n) => (
    <div key={mapping} className="b-change">
      <KindTile kind="map" size={28} />
      <div className="grow">
        <p>
          <span className="badge badge-info tag">Changed</span> <strong>{installed.names.mapping(mapping) ?? mapping}</strong>{' '}
          <span className="muted small">
            revision {from} → {to}
          </span>
        </p>
        {(answers[n]?.data ?? []).map((line) => (
          <p key={line} className="small muted">
            {line}
          </p>
        ))}
        {answers[n]?.error ? <p className="small muted">What it changes could not be read.</p> : null}
      </div>
    </div>
  ));
}
