import { label } from '@berth/domain/label';
import type { ContainerSummary, Service, Task } from '@berth/engine/types';

/**
 * Lists that have what is not this platform's in them, too. Control needs to know of it where it is and what it takes:
 * ports, names, reservations. What it is told to do is nobody's business: variables, commands, labels of others.
 */
export type Hiding = (answer: unknown, platform: string) => unknown;

/** Of labels, only Berth's own tell anything: whose it is. */
const whose = (labels: Readonly<Record<string, string>> | null | undefined): Record<string, string> =>
  Object.fromEntries(Object.entries(labels ?? {}).filter(([key]) => key.startsWith('berth.')));

const isOurs = (labels: Readonly<Record<string, string>> | null | undefined, platform: string): boolean =>
  labels?.[label.platform] === platform;

export const hideServices: Hiding = (answer, platform) =>
  (answer as readonly Service[]).map((service) => {
    const { ID, Version, CreatedAt, UpdatedAt, Spec } = service;
    if (isOurs(Spec.Labels, platform)) return service;
    const { Name, Labels, Mode, EndpointSpec, TaskTemplate } = Spec;
    const { Resources } = TaskTemplate;
    return {
      ...{ ID, Version, CreatedAt, UpdatedAt },
      Spec: { Name, Labels: whose(Labels), Mode, EndpointSpec, TaskTemplate: { Resources } },
    };
  });

export const hideTasks: Hiding = (answer, platform) =>
  (answer as readonly Task[]).map((task) => {
    const { ID, Version, CreatedAt, UpdatedAt, ServiceID, NodeID, Slot, Spec, DesiredState, Status } = task;
    if (isOurs(Spec.ContainerSpec?.Labels, platform)) return task;
    return {
      ...{ ID, Version, CreatedAt, UpdatedAt, ServiceID, NodeID, Slot, DesiredState, Status },
      Spec: { Resources: Spec.Resources },
    };
  });

export const hideContainers: Hiding = (answer, platform) =>
  (answer as readonly ContainerSummary[]).map((container) => {
    const { Id, Names, Image, ImageID, Created, State, Status, Labels, Ports, HostConfig } = container;
    if (isOurs(Labels, platform)) return container;
    return { Id, Names, Image, ImageID, Created, State, Status, Labels: whose(Labels), Ports, HostConfig };
  });
