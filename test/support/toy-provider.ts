import { isDeepStrictEqual } from "node:util";

import * as grpc from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

type Properties = Record<string, unknown>;
type Call<T> = grpc.ServerUnaryCall<T, unknown>;
type Reply<T> = grpc.sendUnaryData<T>;

export interface ToyProvider {
  port: number;
  /** What exists in the toy cloud, by id. */
  things: Map<string, Properties>;
  /** Ends when the next create has changed the toy cloud but has not yet answered. */
  nextCreate(): Promise<void>;
  close(): void;
}

/**
 * A provider plugin named `toy` whose resources are whatever they are given: `slow` makes a create exist at once
 * and never answer, `fails` makes it fail, a change of `place` replaces.
 */
export async function startToyProvider(): Promise<ToyProvider> {
  const things = new Map<string, Properties>();
  const waiting: (() => void)[] = [];
  let created = 0;
  const same = (call: Call<messages.CheckRequest>, reply: Reply<messages.CheckResponse>) =>
    reply(null, new messages.CheckResponse().setInputs(call.request.getNews()));
  const nothing = (_: unknown, reply: Reply<unknown>) =>
    reply(null, ResourceProviderService.cancel.responseDeserialize(Buffer.alloc(0)));

  const server = new grpc.Server();
  server.addService(ResourceProviderService, {
    handshake: (_: unknown, reply: Reply<unknown>) =>
      reply(null, new messages.ProviderHandshakeResponse().setAcceptSecrets(true)),
    attach: nothing,
    cancel: nothing,
    getPluginInfo: (_: unknown, reply: Reply<unknown>) => reply(null, new PluginInfo().setVersion("1.0.0")),
    getSchema: (_: unknown, reply: Reply<unknown>) =>
      reply(null, new messages.GetSchemaResponse().setSchema("{}")),
    checkConfig: same,
    check: same,
    diffConfig: (_: unknown, reply: Reply<unknown>) => reply(null, new messages.DiffResponse()),
    configure: (_: unknown, reply: Reply<unknown>) => {
      reply(null, new messages.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true));
    },
    diff: (call: Call<messages.DiffRequest>, reply: Reply<messages.DiffResponse>) => {
      const olds = call.request.getOldInputs()?.toJavaScript() ?? {};
      const news = call.request.getNews()?.toJavaScript() ?? {};
      const changed = Object.keys({ ...olds, ...news }).filter(
        (key) => !isDeepStrictEqual(olds[key], news[key]),
      );
      const { DIFF_SOME, DIFF_NONE } = messages.DiffResponse.DiffChanges;
      reply(
        null,
        new messages.DiffResponse()
          .setChanges(changed.length > 0 ? DIFF_SOME : DIFF_NONE)
          .setDiffsList(changed)
          .setReplacesList(changed.filter((key) => key === "place")),
      );
    },
    create: (call: Call<messages.CreateRequest>, reply: Reply<messages.CreateResponse>) => {
      const inputs = call.request.getProperties();
      const properties = (inputs?.toJavaScript() ?? {}) as Properties;
      if (call.request.getPreview()) return reply(null, new messages.CreateResponse().setProperties(inputs));
      if (properties["fails"]) return reply({ code: grpc.status.UNKNOWN, details: "the toy cloud says no" });
      created += 1;
      const id = `thing-${created}`;
      things.set(id, properties);
      for (const wake of waiting.splice(0)) wake();
      if (!properties["slow"]) reply(null, new messages.CreateResponse().setId(id).setProperties(inputs));
    },
    read: (call: Call<messages.ReadRequest>, reply: Reply<messages.ReadResponse>) => {
      const found = things.get(call.request.getId());
      const response = new messages.ReadResponse();
      if (found === undefined) return reply(null, response);
      const properties = Struct.fromJavaScript(found as Parameters<typeof Struct.fromJavaScript>[0]);
      reply(null, response.setId(call.request.getId()).setProperties(properties).setInputs(properties));
    },
    update: (call: Call<messages.UpdateRequest>, reply: Reply<messages.UpdateResponse>) => {
      const inputs = call.request.getNews();
      if (!call.request.getPreview()) things.set(call.request.getId(), inputs?.toJavaScript() ?? {});
      reply(null, new messages.UpdateResponse().setProperties(inputs));
    },
    delete: (call: Call<messages.DeleteRequest>, reply: Reply<unknown>) => {
      things.delete(call.request.getId());
      nothing(call, reply);
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return {
    port,
    things,
    nextCreate: () => new Promise((resolve) => waiting.push(resolve)),
    close: () => server.forceShutdown(),
  };
}
