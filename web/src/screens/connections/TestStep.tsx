import { Button } from '@mantine/core';

import { checkOf } from '../../api/discover';
import { useRead, useWrite } from '../../api/queries';
import { Act } from '../../parts/Act';
import { ErrorPanel, Loaded } from '../../parts/States';
import { StatusBadge } from '../../parts/StatusBadge';
import { Checks } from './Checks';

interface Props {
  id: string;
  isOpen: boolean;
  onNext: () => void;
}

/** Whom we act as, and what that limits. */
export function TestStep({ id, isOpen, onNext }: Props) {
  const connection = useRead(['connection', id], 'GET /api/v1/connections/{id}', { path: { id } });
  const test = useWrite('POST /api/v1/connections/{id}/test', { topics: ['connection'] });
  return (
    <Loaded of={connection} rows={4}>
      {(shown) => (
        <div className="stack">
          <div className="row">
            <StatusBadge status={shown.health} />
            {shown.account ? (
              <span>
                Acts as <strong>{shown.account}</strong>
              </span>
            ) : null}
          </div>
          {isOpen ? (
            <>
              <Checks checks={shown.stages.map(checkOf)} label="Checks of the connection" />
              {test.error ? <ErrorPanel error={test.error} /> : null}
              <div className="row">
                <Button onClick={onNext}>Choose what to import</Button>
                <Act does="POST /api/v1/connections/{id}/test" variant="default" loading={test.isPending} onClick={() => test.mutate({ path: { id } })}>
                  Test again
                </Act>
              </div>
            </>
          ) : null}
        </div>
      )}
    </Loaded>
  );
}
