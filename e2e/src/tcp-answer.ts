import { connect } from 'node:net';

/** What somebody at a port says, or why nobody does. */
export const tcpAnswer = (port: number, host = '127.0.0.1'): Promise<string> =>
  new Promise((resolve) => {
    let text = '';
    const socket = connect({ host, port });
    socket.on('data', (data) => {
      text += data.toString();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
    socket.on('close', () => resolve(text));
  });
