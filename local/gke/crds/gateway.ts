import type { Kind } from "./definition";
import {
  gatewayGroup,
  groupName,
  hostname,
  kindName,
  namespaceName,
  objectName,
  portNumber,
  sectionName,
} from "./references";
import { conditions, integer, list, listBy, object, oneOf, rules, selector, text, texts } from "./schema";

const routeKind = () => object({ group: groupName({ default: gatewayGroup }), kind: kindName() }, ["kind"]);

const tls = () =>
  object(
    {
      mode: oneOf(["Terminate", "Passthrough"], { default: "Terminate" }),
      certificateRefs: list(
        object(
          {
            group: groupName({ default: "" }),
            kind: kindName({ default: "Secret" }),
            name: objectName(),
            namespace: namespaceName(),
          },
          ["name"],
        ),
        64,
      ),
      options: texts(16),
    },
    [],
    rules([
      "self.mode == 'Terminate' ? size(self.certificateRefs) > 0 || size(self.options) > 0 : true",
      "certificateRefs or options must be specified when mode is Terminate",
    ]),
  );

const listener = () =>
  object(
    {
      name: sectionName(),
      hostname: hostname(),
      port: portNumber(),
      protocol: text({
        minLength: 1,
        maxLength: 255,
        pattern:
          "^[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?$|[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/[A-Za-z0-9]+$",
      }),
      tls: tls(),
      allowedRoutes: object(
        {
          namespaces: object(
            {
              from: oneOf(["All", "Selector", "Same", "None"], { default: "Same" }),
              selector: selector(),
            },
            [],
            { default: { from: "Same" } },
          ),
          kinds: list(routeKind(), 8),
        },
        [],
        { default: { namespaces: { from: "Same" } } },
      ),
    },
    ["name", "port", "protocol"],
  );

export const gateway: Kind = {
  group: gatewayGroup,
  kind: "Gateway",
  plural: "gateways",
  versions: ["v1", "v1beta1"],
  scope: "Namespaced",
  shortNames: ["gtw"],
  spec: object(
    {
      gatewayClassName: objectName(),
      listeners: listBy("name", listener(), 64, {
        minItems: 1,
        ...rules(
          [
            "self.all(l, l.protocol in ['HTTP', 'TCP', 'UDP'] ? !has(l.tls) : true)",
            "tls must not be specified for protocols ['HTTP', 'TCP', 'UDP']",
          ],
          [
            "self.all(l, l.protocol in ['TCP', 'UDP'] ? !has(l.hostname) || l.hostname == '' : true)",
            "hostname must not be specified for protocols ['TCP', 'UDP']",
          ],
          [
            "self.all(a, self.exists_one(b, a.port == b.port && a.protocol == b.protocol && (has(a.hostname) && has(b.hostname) ? a.hostname == b.hostname : !has(a.hostname) && !has(b.hostname))))",
            "Combination of port, protocol and hostname must be unique for each listener",
          ],
        ),
      }),
      addresses: list(
        object({
          type: text({
            minLength: 1,
            maxLength: 253,
            default: "IPAddress",
            pattern:
              "^Hostname|IPAddress|NamedAddress|[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+$",
          }),
          value: text({ maxLength: 253 }),
        }),
        16,
      ),
      infrastructure: object({
        annotations: texts(8),
        labels: texts(8),
        parametersRef: object({ group: groupName(), kind: kindName(), name: objectName() }, [
          "group",
          "kind",
          "name",
        ]),
      }),
    },
    ["gatewayClassName", "listeners"],
  ),
  status: object({
    addresses: list(
      object({ type: text({ default: "IPAddress" }), value: text({ minLength: 1, maxLength: 253 }) }, [
        "value",
      ]),
      16,
    ),
    conditions: conditions(),
    listeners: listBy(
      "name",
      object(
        {
          name: sectionName(),
          attachedRoutes: integer(0, 2 ** 31 - 1),
          conditions: conditions(),
          supportedKinds: list(routeKind(), 8),
        },
        ["name", "attachedRoutes", "conditions"],
      ),
      64,
    ),
  }),
  columns: {
    Class: ".spec.gatewayClassName",
    Address: ".status.addresses[*].value",
    Programmed: '.status.conditions[?(@.type=="Programmed")].status',
  },
};
