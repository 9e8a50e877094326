import { Button, type ButtonProps } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

interface Props {
  /** An address of the console, with its search if it has one. */
  to: string;
  children: ReactNode;
  className?: string;
  'aria-label'?: string;
  'aria-current'?: 'page' | undefined;
  onClick?: () => void;
}

/** A link inside the console. */
export function Go({ to, children, ...rest }: Props) {
  const [path = '/', search = ''] = to.split('?');
  return (
    <Link to={path as '/'} search={Object.fromEntries(new URLSearchParams(search)) as never} {...rest}>
      {children}
    </Link>
  );
}

/** A link that looks like a button. */
export function GoButton({ to, children, ...rest }: ButtonProps & { to: string; children: ReactNode }) {
  const [path = '/', search = ''] = to.split('?');
  return (
    <Button
      renderRoot={(props) => (
        <Link to={path as '/'} search={Object.fromEntries(new URLSearchParams(search)) as never} {...props} />
      )}
      {...rest}
    >
      {children}
    </Button>
  );
}

const SAFE = /^https?:\/\//i;

/** A link to another site. Addresses that come from records may be anything: only http(s) becomes a link. */
export function Away({ href, children }: { href: string; children: ReactNode }) {
  if (!SAFE.test(href)) return <span>{children}</span>;
  return (
    <a href={href} target="_blank" rel="noopener noreferrer">
      {children}
      <span className="visually-hidden"> (opens in a new tab)</span>
    </a>
  );
}
