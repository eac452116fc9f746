import type { Incident } from './incident.ts';

/** How a victim is called in a line: a private person never by more than that. */
export function victimName({ victim }: Pick<Incident, 'victim'>): string {
  if (victim.kind === 'private-person') return 'private person';
  return victim.kind === 'organisation' ? victim.name : victim.described;
}
