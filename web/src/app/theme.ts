import { type CSSVariablesResolver, type MantineColorsTuple, createTheme } from '@mantine/core';

const accent: MantineColorsTuple = [
  '#e5edfc', '#cfdcf9', '#a8c0f3', '#8fb1ff', '#5c8cf5', '#3568de', '#2b56c9', '#2148ad', '#1b3b8d', '#152e6e',
];
const red: MantineColorsTuple = [
  '#fde7e7', '#f9cccc', '#ff9e9e', '#f27c7c', '#ea5a5a', '#d13232', '#b91c1c', '#a11818', '#7f1d1d', '#3d1717',
];
// Mantine takes its dark surfaces from this tuple.
const dark: MantineColorsTuple = [
  '#e8ebf1', '#b7c0cd', '#a4aebc', '#768193', '#2b323d', '#242a34', '#1d222b', '#161a21', '#12161c', '#0e1116',
];

export const theme = createTheme({
  colors: { accent, red, dark },
  primaryColor: 'accent',
  primaryShade: { light: 6, dark: 6 },
  fontFamily: 'var(--font)',
  fontFamilyMonospace: 'var(--mono)',
  defaultRadius: 6,
  focusRing: 'auto',
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontSizes: { xs: '12px', sm: '14px', md: '14px', lg: '16px', xl: '20px' },
  components: {
    Button: { defaultProps: { size: 'sm' } },
    // Their head is a <header>, which would count as a second banner of the page.
    Modal: { defaultProps: { attributes: { header: { role: 'none' } }, centered: true, overlayProps: { className: 'shade' }, transitionProps: { duration: 120 } } },
    // A `header` outside of the page's own would be a second banner.
    ModalHeader: { defaultProps: { component: 'div' } },
    DrawerHeader: { defaultProps: { component: 'div' } },
    Drawer: { defaultProps: { attributes: { header: { role: 'none' } }, position: 'right', overlayProps: { className: 'shade' }, transitionProps: { duration: 150 } } },
    Tooltip: { defaultProps: { withArrow: false, openDelay: 300 } },
    Select: { defaultProps: { comboboxProps: { shadow: undefined } } },
  },
});

export const variables: CSSVariablesResolver = () => {
  const shared = {
    '--mantine-color-body': 'var(--surface)',
    '--mantine-color-text': 'var(--text)',
    '--mantine-color-bright': 'var(--text)',
    '--mantine-color-dimmed': 'var(--muted)',
    '--mantine-color-placeholder': 'var(--muted)',
    '--mantine-color-anchor': 'var(--accent)',
    '--mantine-color-error': 'var(--err-text)',
    '--mantine-color-default': 'var(--surface)',
    '--mantine-color-default-hover': 'var(--hover)',
    '--mantine-color-default-color': 'var(--text)',
    '--mantine-color-default-border': 'var(--control)',
    '--mantine-color-disabled': 'var(--sunken)',
    '--mantine-color-disabled-color': 'var(--muted)',
    '--mantine-color-disabled-border': 'var(--border)',
    '--mantine-primary-color-filled': 'var(--accent-solid)',
    '--mantine-primary-color-filled-hover': 'var(--accent-solid-hover)',
    '--mantine-primary-color-light': 'var(--accent-soft)',
    '--mantine-primary-color-light-color': 'var(--accent)',
    '--mantine-color-accent-filled': 'var(--accent-solid)',
    '--mantine-color-accent-filled-hover': 'var(--accent-solid-hover)',
    '--mantine-color-accent-light': 'var(--accent-soft)',
    '--mantine-color-accent-light-color': 'var(--accent)',
    '--mantine-color-accent-text': 'var(--accent)',
    '--mantine-color-red-filled': 'var(--err-solid)',
    '--mantine-color-red-filled-hover': 'var(--err-solid)',
    '--mantine-color-red-light': 'var(--err-bg)',
    '--mantine-color-red-light-color': 'var(--err-text)',
    '--mantine-color-red-text': 'var(--err-text)',
  };
  return { variables: {}, light: shared, dark: shared };
};
