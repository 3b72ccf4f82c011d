import { createSocket } from 'node:dgram';

/** What somebody at a port answers within a second; undefined: nobody does. */
export const udpAnswer = (port: number, host = '127.0.0.1'): Promise<string | undefined> =>
  new Promise((resolve) => {
    const socket = createSocket('udp4');
    const timer = setTimeout(() => end(undefined), 1_000);
    const end = (text: string | undefined) => {
      clearTimeout(timer);
      socket.close();
      resolve(text);
    };
    socket.on('message', (data) => end(data.toString()));
    socket.on('error', () => end(undefined));
    socket.send('hello', port, host);
  });
