import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { call } from '../../api/client';
import { type ApiError, asApiError } from '../../api/problem';
import { toast } from '../../parts/toasts';

/** Makes a mapping for a kind of record: from the ready-made one where there is one. */
export function useNewMapping(onMade: (id: string) => void) {
  const client = useQueryClient();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError>();
  const make = async (app: string, resource: string, name: string) => {
    setBusy(true);
    setError(undefined);
    try {
      const ready = await call('GET /api/v1/ready-made-mappings');
      const found = ready.items.find((one) => one.app === app && one.resource === resource);
      const made = await call('POST /api/v1/mappings', {
        body: {
          name: found?.name ?? `${name} to Portal`,
          app,
          resource,
          entity: found?.entity ?? 'item',
          ...(found ? { definition: found.definition } : {}),
        },
      });
      await client.invalidateQueries({ queryKey: ['mapping'] });
      onMade(made.id);
      toast(`Mapping “${found?.name ?? name}” made${found ? ' from the ready-made one' : ''}`);
    } catch (failed) {
      setError(asApiError(failed));
    } finally {
      setBusy(false);
    }
  };
  return { make, isBusy, error };
}
