import { Text } from '@mantine/core';
import { many } from '~/ui/values';
import style from './row_notes.module.css';

interface Props {
  title: string;
  notes: { line: number; value: string; message: string }[];
  total?: number;
}

/** Rows of a list that need a look, with their line in the file. */
export function RowNotes({ title, notes, total = notes.length }: Props) {
  if (notes.length === 0) return null;
  return (
    <details className={style.notes}>
      <summary>
        {title}: {many(total, 'row')}
      </summary>
      <div className={style.list} tabIndex={0} role="region" aria-label={title}>
        {notes.slice(0, 200).map((n) => (
          <div key={`${n.line}-${n.message}`} className={style.row}>
            <span className="rm-dim">line {n.line}</span>
            <span className="rm-mono rm-clip">{n.value || 'empty'}</span>
            <span>{n.message}</span>
          </div>
        ))}
        {total > 200 && (
          <Text size="xs" c="dimmed" p={6}>
            and {many(total - Math.min(200, notes.length), 'more', 'more')}
          </Text>
        )}
      </div>
    </details>
  );
}
