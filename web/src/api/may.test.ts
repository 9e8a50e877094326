import { describe, expect, it } from 'vitest';

import { NOT_CONNECTED, whyNot } from './may';

describe('what may be done', () => {
  it('is decided by the role that the API names for the command', () => {
    expect(whyNot('POST /api/v1/scenarios/{id}/runs', 'operator', 'live')).toBeUndefined();
    expect(whyNot('POST /api/v1/scenarios/{id}/publish', 'administrator', 'live')).toBeUndefined();
    expect(whyNot('POST /api/v1/scenarios/{id}/runs', 'viewer', 'live')).toBe(
      'Only operators may do this; your access key is a viewer’s. Ask an administrator for another key.',
    );
    expect(whyNot('POST /api/v1/scenarios/{id}/publish', 'operator', 'live')).toContain('Only administrators');
  });

  it('is nothing while nothing answers, and the role comes first: it does not pass', () => {
    expect(whyNot('POST /api/v1/scenarios/{id}/runs', 'operator', 'stale')).toBe(NOT_CONNECTED);
    expect(whyNot('POST /api/v1/scenarios/{id}/runs', 'viewer', 'stale')).toContain('Only operators');
    expect(whyNot('POST /api/v1/scenarios/{id}/runs', 'operator', 'connecting')).toBeUndefined();
  });

  it('waits for the server where it is not known yet who is signed in', () => {
    expect(whyNot('POST /api/v1/tokens', undefined, 'live')).toBeUndefined();
  });
});
