import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { ChildMessage, SupervisorMessage } from './messages.ts';

/** Environment variable with the socket path of the supervisor, set for processes that PM2 starts. */
export const LINK_VARIABLE = 'TARGET_LINK';

/** The connection of a child process to the supervisor. */
export type SupervisorLink = {
  send(message: ChildMessage): void;
  onMessage(listener: (message: SupervisorMessage) => void): void;
  /** Calls the listener when the supervisor has ended, even if it ended before this call. */
  onEnd(listener: () => void): void;
};

/** Uses the socket in `TARGET_LINK` if it is set, otherwise the IPC channel of the forked process. */
export function connectToSupervisor(): SupervisorLink {
  const path = process.env[LINK_VARIABLE];
  return path ? socketLink(path) : channelLink();
}

function channelLink(): SupervisorLink {
  return {
    send: (message) => process.send?.(message, () => undefined),
    onMessage: (listener) => process.on('message', listener),
    onEnd: (listener) => {
      process.on('disconnect', listener);
      // The supervisor may have ended while this process was loading its modules.
      if (!process.connected) listener();
    },
  };
}

function socketLink(path: string): SupervisorLink {
  const socket = connect(path);
  socket.on('error', () => undefined);
  return {
    send: (message) => writeLine(socket, message),
    onMessage: (listener) => readLines(socket, listener),
    onEnd: (listener) => socket.on('close', listener),
  };
}

/** Sends a message as one line of JSON. */
export function writeLine(socket: Socket, message: SupervisorMessage | ChildMessage): void {
  if (socket.writable) socket.write(`${JSON.stringify(message)}\n`);
}

/** Calls the listener with each message that arrives as a line of JSON. */
export function readLines<Message>(socket: Socket, listener: (message: Message) => void): void {
  createInterface({ input: socket })
    .on('line', (line) => listener(JSON.parse(line) as Message))
    // Ignore errors of the socket here, because the code that opened the socket handles them.
    .on('error', () => undefined);
}
