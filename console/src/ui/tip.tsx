import { Tooltip } from '@mantine/core';

/** Loaded by Hint when somebody wants to know more. */
export const Tip = Tooltip;
