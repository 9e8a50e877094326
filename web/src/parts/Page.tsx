import { type ReactNode, useEffect, useRef } from 'react';

import { useRouterState } from '@tanstack/react-router';

interface Props {
  title: string;
  /** Beside the title: badges, small text. */
  aside?: ReactNode;
  /** Buttons at the right. */
  actions?: ReactNode;
  /** Where one comes from. */
  back?: ReactNode;
  /** Fills the window and scrolls inside itself. */
  full?: boolean;
  /** At most this wide, for forms. */
  narrow?: boolean;
  children: ReactNode;
}

let focusedFor = '';

/** A screen: its title in the window and as the `h1`, which takes the focus after a change of route. */
export function Page({ title, aside, actions, back, full, narrow, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  // Where the change of route has come to an end: before, the page that is left would take the focus.
  const path = useRouterState({ select: (state) => (state.resolvedLocation ?? state.location).pathname });

  useEffect(() => {
    document.title = `${title} · Portal Integrations`;
  }, [title]);
  useEffect(() => {
    // Not on the first page: there the browser begins at the top by itself. Not for a tab of the same page.
    if (focusedFor && focusedFor !== path && !document.activeElement?.closest('[data-keeps-focus]')) {
      heading.current?.focus({ preventScroll: true });
    }
    focusedFor = path;
  }, [path]);

  return (
    <div className={full ? 'page page-full' : 'page'}>
      <div className="page-head">
        <div className="page-title">
          {back}
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {aside}
        </div>
        {actions ? <div className="page-actions">{actions}</div> : null}
      </div>
      <div className={narrow ? 'page-body page-narrow' : 'page-body'}>{children}</div>
    </div>
  );
}

interface CardProps {
  title?: ReactNode;
  /** At the right of the title. */
  aside?: ReactNode;
  children: ReactNode;
  /** Without inner space: for tables. */
  flush?: boolean;
  id?: string;
}

export function Card({ title, aside, children, flush, id }: CardProps) {
  return (
    <section className="card" id={id} aria-labelledby={title && id ? `${id}-title` : undefined}>
      {title ? (
        <div className="card-head">
          <h2 id={id ? `${id}-title` : undefined}>{title}</h2>
          {aside}
        </div>
      ) : null}
      <div className={flush ? 'card-flush' : 'card-body'}>{children}</div>
    </section>
  );
}
