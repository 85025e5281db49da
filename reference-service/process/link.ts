import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { ChildMessage, SupervisorMessage } from './messages.ts';

/** Environment variable with the socket of the supervisor, for a process that another one has started: PM2. */
export const LINK_VARIABLE = 'TARGET_LINK';

/** How a process of the target talks with the supervisor. */
export type SupervisorLink = {
  send(message: ChildMessage): void;
  onMessage(hear: (message: SupervisorMessage) => void): void;
  /** Called when the supervisor has ended, also where it had before. */
  onEnd(ended: () => void): void;
};

/** The channel that Node opens to a child process; or, where there is the variable, a socket. */
export function connectToSupervisor(): SupervisorLink {
  const path = process.env[LINK_VARIABLE];
  return path ? overSocket(path) : overChannel();
}

function overChannel(): SupervisorLink {
  return {
    send: (message) => process.send?.(message, () => undefined),
    onMessage: (hear) => process.on('message', hear),
    onEnd: (ended) => {
      process.on('disconnect', ended);
      // The supervisor may have ended while this process was loading its modules.
      if (!process.connected) ended();
    },
  };
}

function overSocket(path: string): SupervisorLink {
  const socket = connect(path);
  socket.on('error', () => undefined);
  return {
    send: (message) => writeLine(socket, message),
    onMessage: (hear) => readLines(socket, hear),
    onEnd: (ended) => socket.on('close', ended),
  };
}

/** Messages over a socket are lines of JSON. */
export function writeLine(socket: Socket, message: SupervisorMessage | ChildMessage): void {
  if (socket.writable) socket.write(`${JSON.stringify(message)}\n`);
}

export function readLines<Message>(socket: Socket, hear: (message: Message) => void): void {
  createInterface({ input: socket })
    .on('line', (line) => hear(JSON.parse(line) as Message))
    // It passes on the errors of its input, whose end is looked after where it was opened.
    .on('error', () => undefined);
}
