import { createContext, type ReactNode, useCallback, useContext, useEffect, useState } from 'react';
import type { TimeMode } from './format';

const stored = 'ringmaster-time';
const modes: readonly TimeMode[] = ['local', 'campaign', 'utc'];

interface TimeDisplay {
  mode: TimeMode;
  setMode: (mode: TimeMode) => void;
  /** Moves on every few seconds, so that "3 min ago" stays true. */
  now: Date;
}
const Context = createContext<TimeDisplay>({ mode: 'local', setMode: () => {}, now: new Date() });

export function TimeProvider({ children }: { children: ReactNode }) {
  const [mode, set] = useState<TimeMode>(() => {
    const was = localStorage.getItem(stored) as TimeMode | null;
    return was && modes.includes(was) ? was : 'local';
  });
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), 5_000);
    return () => clearInterval(timer);
  }, []);
  const setMode = useCallback((next: TimeMode) => {
    localStorage.setItem(stored, next);
    set(next);
  }, []);
  return <Context.Provider value={{ mode, setMode, now }}>{children}</Context.Provider>;
}

export function useTimeDisplay(): TimeDisplay {
  return useContext(Context);
}

/** The time to the second, for running clocks. */
export function useSeconds(running: boolean): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [running]);
  return now;
}
