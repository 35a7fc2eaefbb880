import { setMaxListeners } from "node:events";

import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import * as pluginProto from "@pulumi/pulumi/proto/plugin_pb";
import * as services from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

import type { Values } from "../cloud/rules/shape";
import {
  type Difference,
  type Engine,
  NotInitialised,
  type Package,
  type Patience,
  type Provider,
  type State,
  type Subject,
} from "./provider";
import { revealed } from "./wire";

export interface ProviderServer {
  /** Loopback port for the engine's `PULUMI_DEBUG_PROVIDERS`. */
  readonly port: number;
  close(): Promise<void>;
}

/** Serves a package to engines on a free loopback port, by Pulumi's provider protocol. */
export async function serveProvider(package_: Package): Promise<ProviderServer> {
  const server = new grpc.Server({
    "grpc.max_receive_message_length": -1,
    "grpc.max_send_message_length": -1,
  });
  server.addService(services.ResourceProviderService, new Protocol(package_).handlers());
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return {
    port,
    close: () => {
      server.forceShutdown();
      return Promise.resolve();
    },
  };
}

type Call<T> = grpc.ServerUnaryCall<T, unknown>;

interface Configured {
  readonly provider: Provider;
  /** Calls that somebody waits for; each is told to stop by its own. */
  readonly waiting: Set<AbortController>;
}

/**
 * Pulumi's protocol for one package.
 *
 * An engine that attaches to a running server opens one connection for each provider of its program, so the
 * connection is what tells two configurations apart.
 */
class Protocol {
  private readonly configured = new Map<string, Configured>();
  /** Where the engine of a connection listens. */
  private readonly engines = new Map<string, string>();

  constructor(private readonly package_: Package) {}

  handlers(): grpc.UntypedServiceImplementation {
    return {
      handshake: answer(() => {
        const response = new proto.ProviderHandshakeResponse();
        // The engine then unwraps secrets on the way in and marks the same properties on the way out.
        response.setAcceptSecrets(false);
        response.setAcceptResources(false);
        response.setAcceptOutputs(false);
        return response;
      }),
      getPluginInfo: answer(() => {
        const info = new pluginProto.PluginInfo();
        info.setVersion(this.package_.version);
        return info;
      }),
      getSchema: answer(() => new proto.GetSchemaResponse().setSchema("{}")),
      attach: answer((call: Call<pluginProto.PluginAttach>) => {
        this.engines.set(call.getPeer(), call.request.getAddress());
        return new Empty();
      }),
      cancel: answer((call: Call<Empty>) => this.cancel(call)),
      checkConfig: answer((call: Call<proto.CheckRequest>) =>
        new proto.CheckResponse().setInputs(call.request.getNews()),
      ),
      diffConfig: answer((call: Call<proto.DiffRequest>) => this.diffConfig(call.request)),
      configure: answer((call: Call<proto.ConfigureRequest>) => this.configure(call)),
      check: answer((call: Call<proto.CheckRequest>) => this.check(call)),
      diff: answer((call: Call<proto.DiffRequest>) => this.diff(call)),
      create: answer((call: Call<proto.CreateRequest>) => this.create(call)),
      update: answer((call: Call<proto.UpdateRequest>) => this.update(call)),
      delete: answer((call: Call<proto.DeleteRequest>) => this.remove(call)),
      read: answer((call: Call<proto.ReadRequest>) => this.read(call)),
      invoke: answer((call: Call<proto.InvokeRequest>) => {
        throw new Error(`the emulated cloud answers no questions yet: ${call.request.getTok()}`);
      }),
    };
  }

  private async configure(call: Call<proto.ConfigureRequest>): Promise<proto.ConfigureResponse> {
    const engine = engineAt(this.engines.get(call.getPeer()));
    const provider = await this.package_.configure(valuesOf(call.request.getArgs()), engine);
    this.configured.set(call.getPeer(), { provider, waiting: new Set() });
    const response = new proto.ConfigureResponse();
    response.setSupportspreview(true);
    response.setAcceptsecrets(false);
    return response;
  }

  private diffConfig(request: proto.DiffRequest): proto.DiffResponse {
    const old = valuesOf(request.getOldInputs() ?? request.getOlds());
    const next = valuesOf(request.getNews());
    const response = new proto.DiffResponse();
    response.setReplacesList([...this.package_.replacedBy(old, next)]);
    const changed = JSON.stringify(old) !== JSON.stringify(next);
    response.setChanges(
      changed ? proto.DiffResponse.DiffChanges.DIFF_SOME : proto.DiffResponse.DiffChanges.DIFF_NONE,
    );
    return response;
  }

  /** The engine asks for it when somebody presses Ctrl-C: whoever waits for something must stop waiting. */
  private cancel(call: Call<Empty>): Empty {
    for (const waiting of this.configured.get(call.getPeer())?.waiting ?? []) waiting.abort();
    return new Empty();
  }

  private async check(call: Call<proto.CheckRequest>): Promise<proto.CheckResponse> {
    const { request } = call;
    const old = request.getOlds();
    const { inputs, failures } = await this.providerOf(call).check(
      subjectOf(request.getUrn()),
      valuesOf(request.getNews()),
      old && Object.keys(valuesOf(old)).length > 0 ? valuesOf(old) : undefined,
      request.getRandomseed_asU8(),
    );
    const response = new proto.CheckResponse();
    response.setInputs(structOf(inputs));
    response.setFailuresList(
      failures.map(({ property, reason }) => {
        const failure = new proto.CheckFailure();
        failure.setProperty(property);
        failure.setReason(property === "" ? reason : `${property}: ${reason}`);
        return failure;
      }),
    );
    return response;
  }

  private async diff(call: Call<proto.DiffRequest>): Promise<proto.DiffResponse> {
    const { request } = call;
    const outputs = valuesOf(request.getOlds());
    const old: State = { inputs: valuesOf(request.getOldInputs() ?? request.getOlds()), outputs };
    return diffResponse(
      await this.providerOf(call).diff(subjectOf(request.getUrn()), old, valuesOf(request.getNews())),
    );
  }

  private async create(call: Call<proto.CreateRequest>): Promise<proto.CreateResponse> {
    const { request } = call;
    const provider = this.providerOf(call);
    const subject = subjectOf(request.getUrn());
    const inputs = valuesOf(request.getProperties());
    const response = new proto.CreateResponse();
    if (request.getPreview()) {
      response.setProperties(structOf(await provider.preview(subject, inputs)));
      return response;
    }
    const made = await this.waitFor(call, (patience) => provider.create(subject, inputs, patience));
    response.setId(made.id);
    response.setProperties(structOf(made.outputs));
    return response;
  }

  private async update(call: Call<proto.UpdateRequest>): Promise<proto.UpdateResponse> {
    const { request } = call;
    const provider = this.providerOf(call);
    const subject = subjectOf(request.getUrn());
    const inputs = valuesOf(request.getNews());
    const old = { inputs: valuesOf(request.getOldInputs()), outputs: valuesOf(request.getOlds()) };
    const outputs = request.getPreview()
      ? await provider.preview(subject, inputs, old)
      : await this.waitFor(call, (patience) =>
          provider.update(subject, request.getId(), inputs, old, patience),
        );
    return new proto.UpdateResponse().setProperties(structOf(outputs));
  }

  private async remove(call: Call<proto.DeleteRequest>): Promise<Empty> {
    const { request } = call;
    const state = {
      inputs: valuesOf(request.getOldInputs()),
      outputs: valuesOf(request.getProperties()),
    };
    const provider = this.providerOf(call);
    await this.waitFor(call, (patience) =>
      provider.remove(subjectOf(request.getUrn()), request.getId(), state, patience),
    );
    return new Empty();
  }

  private async read(call: Call<proto.ReadRequest>): Promise<proto.ReadResponse> {
    const { request } = call;
    const found = await this.providerOf(call).read(subjectOf(request.getUrn()), request.getId(), {
      inputs: valuesOf(request.getInputs()),
      outputs: valuesOf(request.getProperties()),
    });
    const response = new proto.ReadResponse();
    if (!found) return response;
    response.setId(found.id);
    response.setProperties(structOf(found.outputs));
    response.setInputs(structOf(found.inputs));
    return response;
  }

  private providerOf(call: Call<unknown>): Provider {
    return this.configuredFor(call).provider;
  }

  /** Runs what may take long: it is told when the engine asks to stop, and when the engine is gone. */
  private async waitFor<T>(
    call: Call<{ getTimeout(): number }>,
    run: (patience: Patience) => Promise<T>,
  ): Promise<T> {
    const { waiting } = this.configuredFor(call);
    const stop = new AbortController();
    // Each thing that is waited for listens, and there may be many.
    setMaxListeners(0, stop.signal);
    waiting.add(stop);
    // An engine that is killed takes its real plugins along: nobody goes on for it here either.
    call.once("cancelled", () => stop.abort());
    const seconds = call.request.getTimeout();
    try {
      return await run({ ...(seconds > 0 && { timeoutSeconds: seconds }), signal: stop.signal });
    } finally {
      waiting.delete(stop);
    }
  }

  private configuredFor(call: Call<unknown>): Configured {
    const configured = this.configured.get(call.getPeer());
    if (!configured) throw new Error(`the ${this.package_.name} provider was asked before it was configured`);
    return configured;
  }
}

/** A handler that answers with what `run` returns, or with its error's message. */
function answer<Request, Response>(run: (call: Call<Request>) => Response | Promise<Response>) {
  return (call: Call<Request>, reply: grpc.sendUnaryData<Response>): void => {
    void (async () => {
      try {
        reply(null, await run(call));
      } catch (error) {
        reply({
          code: grpc.status.UNKNOWN,
          details: error instanceof Error ? error.message : String(error),
          ...(error instanceof NotInitialised && { metadata: detailsOf(error) }),
        });
      }
    })();
  };
}

/** A way to speak to an engine; a warning that does not reach it is no reason to fail. */
function engineAt(address: string | undefined): Engine {
  return {
    warn: async (urn, message) => {
      if (address === undefined) return;
      const client = new EngineClient(address, grpc.credentials.createInsecure());
      const request = new LogRequest().setSeverity(LogSeverity.WARNING).setMessage(message).setUrn(urn);
      await new Promise<void>((resolve) => client.log(request, () => resolve()));
      client.close();
    },
  };
}

/** What makes the engine keep the resource in its state: gRPC's way to say more than a message. */
function detailsOf({ message, found, reasons }: NotInitialised): grpc.Metadata {
  const failed = new proto.ErrorResourceInitFailed();
  failed.setId(found.id);
  failed.setProperties(structOf(found.outputs));
  failed.setInputs(structOf(found.inputs));
  failed.setReasonsList([...reasons]);
  const detail = new Any();
  detail.pack(failed.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new Status();
  status.setCode(grpc.status.UNKNOWN);
  status.setMessage(message);
  status.addDetails(detail);
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return metadata;
}

function subjectOf(urn: string): Subject {
  const [, , types = "", name = ""] = urn.split("::");
  // `platform:index:Network$gcp:compute/network:Network`: the last one is the resource's own type.
  const type = types.slice(types.lastIndexOf("$") + 1);
  return { urn, kind: type.slice(type.indexOf(":") + 1), name };
}

function diffResponse({ changes, deleteBeforeReplace }: Difference): proto.DiffResponse {
  const { Kind } = proto.PropertyDiff;
  const kinds = {
    add: [Kind.ADD, Kind.ADD_REPLACE],
    update: [Kind.UPDATE, Kind.UPDATE_REPLACE],
    delete: [Kind.DELETE, Kind.DELETE_REPLACE],
  } as const;
  const response = new proto.DiffResponse();
  const replacing = [...changes].filter(([, { replaces }]) => replaces).map(([path]) => path);
  response.setChanges(
    changes.size > 0 ? proto.DiffResponse.DiffChanges.DIFF_SOME : proto.DiffResponse.DiffChanges.DIFF_NONE,
  );
  response.setDiffsList([...new Set([...changes.keys()].map(topOf))]);
  response.setReplacesList([...new Set(replacing.map(topOf))]);
  response.setDeletebeforereplace(replacing.length > 0 && deleteBeforeReplace);
  response.setHasdetaileddiff(true);
  for (const [path, { kind, replaces, output = false }] of changes) {
    const property = new proto.PropertyDiff();
    property.setKind(kinds[kind][replaces ? 1 : 0]);
    property.setInputdiff(!output);
    response.getDetaileddiffMap().set(path, property);
  }
  return response;
}

function topOf(path: string): string {
  return path.split(/[.[]/)[0] ?? path;
}

function valuesOf(struct: Struct | undefined): Values {
  return struct ? revealed(struct.toJavaScript()) : {};
}

function structOf(values: Values): Struct {
  // Struct has no undefined; such a property is not there.
  return Struct.fromJavaScript(JSON.parse(JSON.stringify(values)) as Values);
}
