import type { Dependency } from '@berth/domain/service';
import type { ComposeService } from './compose-model.ts';

const conditions = {
  service_started: 'started',
  service_healthy: 'healthy',
  service_completed_successfully: 'completed',
} as const;

/** What a service waits for, in the order of the manifest. */
export function dependenciesOf(service: ComposeService): readonly Dependency[] {
  return Object.entries(service.depends_on ?? {}).map(([name, dependency]) => ({
    service: name,
    condition: conditions[(dependency.condition ?? 'service_started') as keyof typeof conditions],
    required: dependency.required,
    restart: dependency.restart === true,
  }));
}
