// Going to the site's consent page and coming back. What is kept meanwhile is only which connection it was.
import { call } from '../../api/client';

const STORED = 'portal-authorising';

interface Leaving {
  id: string;
  /** Made only for this: removed again when the person does not approve. */
  isNew: boolean;
  address: string;
  app: string;
}

export async function leaveFor(leaving: Leaving): Promise<void> {
  const { consent_url } = await call('POST /api/v1/connections/{id}/authorise', { path: { id: leaving.id } });
  sessionStorage.setItem(STORED, JSON.stringify(leaving));
  window.location.assign(consent_url);
}

/** What this tab left for, once. */
export function cameBack(id: string): Leaving | undefined {
  const text = sessionStorage.getItem(STORED);
  if (!text) return undefined;
  const leaving = JSON.parse(text) as Leaving;
  if (leaving.id !== id) return undefined;
  sessionStorage.removeItem(STORED);
  return leaving;
}
