import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

/** Calm blue-violet, dark enough at 7 for white text on it. */
const iris: MantineColorsTuple = [
  '#eef0fd', '#dcdff8', '#b8beef', '#929be6', '#727dde', '#5d6ad9', '#5260d6', '#3f4dbe', '#3644ab', '#2b3997',
];
const dark: MantineColorsTuple = [
  '#d5d8de', '#b4b9c2', '#9aa0ac', '#6b717d', '#3f444e', '#2f333b', '#23262d', '#191b20', '#131519', '#0e1013',
];

const control = { defaultProps: { size: 'xs' } };

export const theme = createTheme({
  primaryColor: 'iris',
  primaryShade: { light: 7, dark: 7 },
  colors: { iris, dark },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.25rem' },
  headings: {
    fontWeight: '600',
    sizes: { h1: { fontSize: '1.125rem' }, h2: { fontSize: '0.9375rem' }, h3: { fontSize: '0.8125rem' } },
  },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: control, TextInput: control, Textarea: control, Select: control, NumberInput: control,
    PasswordInput: control, MultiSelect: control, Checkbox: control, Switch: control,
    SegmentedControl: { defaultProps: { size: 'xs' }, styles: { label: { paddingInline: 9 } } },
    TagsInput: control, Autocomplete: control,
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray' } },
    Tooltip: { defaultProps: { openDelay: 250, withArrow: true, multiline: true, maw: 320, fz: 'xs' } },
    Modal: { defaultProps: { centered: true, padding: 'md', closeButtonProps: { 'aria-label': 'Close' } } },
    Drawer: { defaultProps: { padding: 'md', closeButtonProps: { 'aria-label': 'Close' } } },
    Notification: { defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } },
    Alert: { styles: { title: { color: 'var(--mantine-color-text)' } } },
    Menu: { defaultProps: { shadow: 'md', position: 'bottom-end', withInitialFocusPlaceholder: false } },
  },
});

export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#ffffff',
    '--mantine-color-text': '#1c1f26',
    '--mantine-color-dimmed': '#565d6b',
    '--mantine-color-placeholder': '#6b7280',
    '--mantine-color-error': '#b42318',
    '--mantine-color-anchor': '#3644ab',
    '--mantine-color-default-border': '#d5d8df',
    '--rm-nav': '#f6f7f9',
    '--rm-line': '#e4e6eb',
    '--rm-hover': '#f3f4f8',
    '--rm-raised': '#ffffff',
    '--rm-good': '#15803d', '--rm-warn': '#b45309', '--rm-bad': '#c02a1e', '--rm-live': '#0369a1', '--rm-quiet': '#7b8291',
    '--rm-mark': '#fdf0c4',
  },
  dark: {
    '--mantine-color-body': '#131519',
    '--mantine-color-text': '#e3e5ea',
    '--mantine-color-dimmed': '#9aa1ae',
    '--mantine-color-placeholder': '#878e9b',
    '--mantine-color-error': '#ff8a80',
    '--mantine-color-anchor': '#a3acf2',
    '--mantine-color-default-border': '#33373f',
    '--rm-nav': '#0e1013',
    '--rm-line': '#25282f',
    '--rm-hover': '#1b1e23',
    '--rm-raised': '#191b20',
    '--rm-good': '#4ade80', '--rm-warn': '#fbbf24', '--rm-bad': '#f87171', '--rm-live': '#38bdf8', '--rm-quiet': '#868d9a',
    '--rm-mark': '#4a3f16',
  },
});
