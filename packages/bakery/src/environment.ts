/** The environment of this process, for the programs it starts and the settings of the machine. */
export const environment = (): NodeJS.ProcessEnv => process.env;
