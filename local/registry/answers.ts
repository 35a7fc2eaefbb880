import type { ClientRequest, IncomingMessage } from "node:http";

/** Waits until the server behind begins to answer. */
export function answered(asked: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => asked.once("response", resolve).once("error", reject));
}

/** All of a body, as long as it is no longer than what nobody needs. */
export async function bodyOf(message: IncomingMessage, mostBytes = 16 * 1024 * 1024): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of message) {
    bytes += (chunk as Buffer).length;
    if (bytes > mostBytes) throw new Error(`a body of more than ${mostBytes} bytes`);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}
