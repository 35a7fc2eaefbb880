import * as grpc from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

type Call<T> = grpc.ServerUnaryCall<T, unknown>;
type Reply<T> = grpc.sendUnaryData<T>;

export interface BareProvider {
  /** Loopback port for the engine's `PULUMI_DEBUG_PROVIDERS`. */
  readonly port: number;
  close(): void;
}

/** The least that a provider can do: every resource is what it was given, and nothing ever differs. */
export async function startBareProvider(): Promise<BareProvider> {
  const same = ({ request }: Call<messages.CheckRequest>, reply: Reply<messages.CheckResponse>) =>
    reply(null, new messages.CheckResponse().setInputs(request.getNews()));
  const unchanged = (_: unknown, reply: Reply<messages.DiffResponse>) =>
    reply(null, new messages.DiffResponse().setChanges(messages.DiffResponse.DiffChanges.DIFF_NONE));
  const nothing = (_: unknown, reply: Reply<Empty>) => reply(null, new Empty());
  let made = 0;

  const server = new grpc.Server({
    "grpc.max_receive_message_length": -1,
    "grpc.max_send_message_length": -1,
  });
  server.addService(ResourceProviderService, {
    handshake: (_: unknown, reply: Reply<messages.ProviderHandshakeResponse>) =>
      reply(null, new messages.ProviderHandshakeResponse()),
    attach: nothing,
    cancel: nothing,
    getPluginInfo: (_: unknown, reply: Reply<PluginInfo>) =>
      reply(null, new PluginInfo().setVersion("1.0.0")),
    getSchema: (_: unknown, reply: Reply<messages.GetSchemaResponse>) =>
      reply(null, new messages.GetSchemaResponse().setSchema("{}")),
    checkConfig: same,
    diffConfig: unchanged,
    configure: (_: unknown, reply: Reply<messages.ConfigureResponse>) =>
      reply(null, new messages.ConfigureResponse().setSupportspreview(true)),
    check: same,
    diff: unchanged,
    create: ({ request }: Call<messages.CreateRequest>, reply: Reply<messages.CreateResponse>) => {
      const response = new messages.CreateResponse().setProperties(request.getProperties());
      if (!request.getPreview()) response.setId(`thing-${(made += 1)}`);
      reply(null, response);
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return { port, close: () => server.forceShutdown() };
}
