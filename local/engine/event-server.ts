import * as grpc from "@grpc/grpc-js";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { EventsService } from "@pulumi/pulumi/proto/events_grpc_pb";
import type { EventRequest } from "@pulumi/pulumi/proto/events_pb";

export interface EventServer {
  /** For the engine's `--event-log`. */
  address: string;
  close(): void;
}

/** Receives the engine's events as they happen; a log file would lose those of the preview, since the update empties it. */
export async function startEventServer(onEvent: (event: EngineEvent) => void): Promise<EventServer> {
  const server = new grpc.Server({ "grpc.max_receive_message_length": -1 });
  server.addService(EventsService, {
    // The engine waits for the answer before it exits, so no event is ever late.
    streamEvents: (
      call: grpc.ServerReadableStream<EventRequest, unknown>,
      reply: grpc.sendUnaryData<unknown>,
    ) => {
      call.on("data", (request: EventRequest) => onEvent(JSON.parse(request.getEvent()) as EngineEvent));
      call.on("end", () => reply(null, EventsService.streamEvents.responseDeserialize(Buffer.alloc(0))));
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return { address: `tcp://127.0.0.1:${port}`, close: () => server.forceShutdown() };
}
