import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { ChildMessage, SupervisorMessage } from './messages.ts';

/** Name of the environment variable with which PM2 processes find the socket of the supervisor. */
export const LINK_VARIABLE = 'TARGET_LINK';

/** The connection of a child process to the supervisor. */
export type SupervisorLink = {
  send(message: ChildMessage): void;
  onMessage(listener: (message: SupervisorMessage) => void): void;
  /** Calls the listener when the supervisor has ended, even if the supervisor ended before this call. */
  onEnd(listener: () => void): void;
};

/**
 * Connects to the supervisor. Uses the socket path in `TARGET_LINK`; if this variable is not set, uses the IPC channel
 * of the forked process.
 */
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
      // Call the listener immediately if the supervisor has ended while this process was loading modules.
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

/** Sends a message through a socket as one line of JSON. */
export function writeLine(socket: Socket, message: SupervisorMessage | ChildMessage): void {
  if (socket.writable) socket.write(`${JSON.stringify(message)}\n`);
}

/** Calls the listener for each line of JSON that the socket receives. */
export function readLines<Message>(socket: Socket, listener: (message: Message) => void): void {
  createInterface({ input: socket })
    .on('line', (line) => listener(JSON.parse(line) as Message))
    // Ignore errors of the socket here, because the code that opened the socket handles them.
    .on('error', () => undefined);
}
