import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, Suspense, lazy, useEffect, useRef, useState } from 'react';

import { onSignedOut } from '../api/client';
import { type ApiError, asApiError } from '../api/problem';
import { signIn, useSession } from '../api/session';

const SignIn = lazy(() => import('./SignIn').then((module) => ({ default: module.SignIn })));

interface Props {
  /** From the start address. */
  token: string | undefined;
  children: ReactNode;
}

/** Lets in who is signed in; everybody else sees how to sign in. */
export function Gate({ token, children }: Props) {
  const client = useQueryClient();
  const exchanging = useRef(false);
  const [isExchanging, setExchanging] = useState(token !== undefined);
  const [refusal, setRefusal] = useState<ApiError>();
  // Who was signed in before does not matter while somebody signs in: an answer about them, that came late, would count.
  const session = useSession({ enabled: !isExchanging });

  useEffect(() => onSignedOut(() => void client.invalidateQueries({ queryKey: ['session'] })), [client]);
  useEffect(() => {
    if (!token || exchanging.current) return;
    exchanging.current = true;
    signIn(token)
      .catch((error: unknown) => setRefusal(asApiError(error)))
      .finally(() => setExchanging(false));
  }, [token]);

  // A question that failed once is asked again behind the page, which says itself that nothing answers.
  if (isExchanging || (session.isPending && session.errorUpdateCount === 0)) return <div className="gate" aria-busy="true" />;
  if (session.data === null) {
    return (
      <Suspense fallback={<div className="gate" aria-busy="true" />}>
        <SignIn refusal={refusal} />
      </Suspense>
    );
  }
  return children;
}
