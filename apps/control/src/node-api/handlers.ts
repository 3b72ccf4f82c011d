// Being written now by the engineer of tasks, checks and node-api: nodeHandlers(deps): Pick<Handlers, 'listNodes' | 'listPorts'>.
export {};
