import { Button, Modal, NativeSelect, Radio, TextInput } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';

import { isSource, useConnections } from '../../api/names';
import { useRead, useWrite } from '../../api/queries';
import { useGo } from '../../app/go';
import { Act, GoAct } from '../../parts/Act';
import { EmptyState, ErrorPanel, Skeleton } from '../../parts/States';
import { toast } from '../../parts/toasts';

const EMPTY = 'empty';

/** A scenario from a template, or an empty one. */
export function NewScenario({ onClose }: { onClose: () => void }) {
  const go = useGo();
  const connections = useConnections();
  const templates = useRead(['template', 'list'], 'GET /api/v1/templates');
  const sources = (connections.data?.items ?? []).filter(isSource);
  const [template, setTemplate] = useState<string>();
  const [connection, setConnection] = useState<string>();
  const [name, setName] = useState('');
  const chosenTemplate = template ?? templates.data?.items[0]?.id ?? EMPTY;
  const site = sources.find(({ id }) => id === connection) ?? sources[0];
  const titleOf = templates.data?.items.find(({ id }) => id === chosenTemplate)?.name;
  const proposed = titleOf ? `${titleOf}${site ? ` from ${site.name}` : ''}`.slice(0, 120) : '';
  const create = useWrite('POST /api/v1/scenarios', {
    topics: ['scenario', 'mapping'],
    onDone: ({ id }) => {
      toast('The scenario is a draft until you publish it', { tone: 'info' });
      go(`/scenarios/${id}/builder`);
    },
  });
  const isReady = templates.data !== undefined && connections.data !== undefined;
  // What there is to choose may come after the dialog: then the focus goes to it, not to the button that closes.
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (isReady) form.current?.querySelector<HTMLInputElement>('input:checked')?.focus();
  }, [isReady]);
  const submit = () => {
    const wanted = name.trim() || proposed || 'New scenario';
    create.mutate({
      body: chosenTemplate === EMPTY ? { name: wanted } : { name: wanted, template: chosenTemplate, connection: site?.id ?? null },
    });
  };
  return (
    <Modal opened onClose={onClose} title="New scenario" size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      {isReady ? (
        sources.length === 0 ? (
          <EmptyState icon="plug-connected" action={<GoAct does="POST /api/v1/connections" to="/connections/new?app=wordpress">Connect a site</GoAct>}>
            A scenario reads from a connected site. Connect one first.
          </EmptyState>
        ) : (
          <form
            ref={form}
            className="stack"
            onSubmit={(event) => {
              event.preventDefault();
              submit();
            }}
          >
            <Radio.Group label="Begin with" value={chosenTemplate} onChange={setTemplate}>
              <div className="stack-8">
                {templates.data.items.map((each) => (
                  <Radio key={each.id} value={each.id} data-autofocus={each.id === chosenTemplate || undefined} label={each.name} description={each.summary} />
                ))}
                <Radio value={EMPTY} label="Nothing" description="An empty graph, to build step by step." />
              </div>
            </Radio.Group>
            <NativeSelect
              label="Read from"
              value={site?.id ?? ''}
              disabled={chosenTemplate === EMPTY}
              onChange={(event) => setConnection(event.currentTarget.value)}
              data={sources.map(({ id, name: label }) => ({ value: id, label }))}
            />
            <TextInput
              label="Name"
              placeholder={proposed || 'New scenario'}
              value={name}
              maxLength={120}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            {create.error ? <ErrorPanel error={create.error} unchanged /> : null}
            <div className="row dialog-actions">
              <Button variant="default" onClick={onClose}>
                Cancel
              </Button>
              <Act does="POST /api/v1/scenarios" type="submit" loading={create.isPending}>
                Create
              </Act>
            </div>
          </form>
        )
      ) : (templates.error ?? connections.error) ? (
        <ErrorPanel error={(templates.error ?? connections.error)!} onRetry={() => void templates.refetch()} />
      ) : (
        <Skeleton rows={4} />
      )}
    </Modal>
  );
}
