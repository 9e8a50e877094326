// What changes something. Where that is not possible now, it stays where it is and says why: it can be reached by
// keyboard, so that the reason can be read, and does nothing.
import { Button, type ButtonProps, Menu, type MenuItemProps, Switch, type SwitchProps, Tooltip } from '@mantine/core';
import { type ComponentPropsWithoutRef, type MouseEvent, type ReactNode, useId } from 'react';

import { type Command, useWhyNot, whyNot } from '../api/may';
import { useSession } from '../api/session';
import { GoButton } from './Go';

const EVENTS = { hover: true, focus: true, touch: true };

/** The reason as a tooltip, and as the description of what it is about. */
function Why({ id, why, hint, children }: { id: string; why: string | undefined; hint?: string | undefined; children: ReactNode }) {
  const label = why ?? hint;
  return (
    <>
      <Tooltip label={label ?? ''} disabled={label === undefined} events={EVENTS} multiline maw={320} position="bottom">
        {children}
      </Tooltip>
      {why === undefined ? null : (
        <span id={id} hidden>
          {why}
        </span>
      )}
    </>
  );
}

type ButtonRest = ButtonProps & Omit<ComponentPropsWithoutRef<'button'>, keyof ButtonProps>;

interface ActProps extends ButtonRest {
  /** The command that the press leads to. */
  does: Command;
  /** What it does, for whoever may. */
  hint?: string;
}

/** A button that leads to a command. */
export function Act({ does, hint, onClick, children, ...rest }: ActProps) {
  const why = useWhyNot(does);
  const id = useId();
  const refused = why === undefined ? {} : { 'aria-disabled': true, 'data-disabled': true, 'aria-describedby': id };
  const press = (event: MouseEvent<HTMLButtonElement>) => {
    // Of a form's button this is also what Enter in a field does.
    if (why === undefined) onClick?.(event);
    else event.preventDefault();
  };
  return (
    <Why id={id} why={why} hint={hint}>
      <Button {...rest} {...refused} onClick={press}>
        {children}
      </Button>
    </Why>
  );
}

/** The same in a menu, with the reason below its words. */
export function ActItem({ does, onClick, children, ...rest }: MenuItemProps & { does: Command; onClick: () => void; 'data-danger'?: boolean }) {
  const why = useWhyNot(does);
  if (why === undefined) {
    return (
      <Menu.Item {...rest} onClick={onClick}>
        {children}
      </Menu.Item>
    );
  }
  return (
    <Menu.Item {...rest} aria-disabled className="refused" closeMenuOnClick={false}>
      {children}
      <span className="small refused-why">{why}</span>
    </Menu.Item>
  );
}

/** The same as a switch. */
export function ActSwitch({ does, onChange, ...rest }: SwitchProps & { does: Command }) {
  const why = useWhyNot(does);
  const id = useId();
  return (
    <Why id={id} why={why}>
      <span className="act-switch">
        <Switch
          {...rest}
          {...(why === undefined ? {} : { 'aria-disabled': true, 'aria-describedby': id })}
          onChange={(event) => {
            if (why === undefined) onChange?.(event);
          }}
        />
      </span>
    </Why>
  );
}

/** A link to where something is begun. Going there needs no server: only the role counts. */
export function GoAct({ does, to, children, ...rest }: ButtonProps & { does: Command; to: string; children: ReactNode }) {
  const why = whyNot(does, useSession().data?.role, 'live');
  const id = useId();
  if (why === undefined) return <GoButton to={to} {...rest}>{children}</GoButton>;
  return (
    <Why id={id} why={why}>
      <Button {...rest} aria-disabled data-disabled aria-describedby={id}>
        {children}
      </Button>
    </Why>
  );
}
