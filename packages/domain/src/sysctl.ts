/** Kernel settings that each container has of its own: the only ones the engine takes. */
const namespaced =
  /^(net\.|fs\.mqueue\.|kernel\.(msgmax|msgmnb|msgmni|sem|shmall|shmmax|shmmni|shm_rmid_forced)$)/;

export const isNamespacedSysctl = (name: string): boolean => namespaced.test(name);
