// Being written now by the engineer of tasks, checks and node-api: checkHandlers(deps): Pick<Handlers, 'listChecks'>.
export {};
