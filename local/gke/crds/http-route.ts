import type { Kind } from "./definition";
import {
  gatewayGroup,
  groupName,
  hostname,
  kindName,
  namespaceName,
  objectName,
  parentReference,
  portNumber,
  sectionName,
} from "./references";
import { conditions, integer, list, listBy, object, oneOf, rules, text } from "./schema";

/** A span of time: `10s`, `1h30m`. */
const duration = () => text({ pattern: "^([0-9]{1,5}(h|m|s|ms)){1,4}$" });

const backendReference = () => ({
  group: groupName({ default: "" }),
  kind: kindName({ default: "Service" }),
  name: objectName(),
  namespace: namespaceName(),
  port: portNumber(),
});

const servicesHavePorts = rules([
  "(size(self.group) == 0 && self.kind == 'Service') ? has(self.port) : true",
  "Must have port for Service reference",
]);

const headerName = () => text({ minLength: 1, maxLength: 256, pattern: "^[A-Za-z0-9!#$%&'*+\\-.^_`|~]+$" });
const header = () =>
  object({ name: headerName(), value: text({ minLength: 1, maxLength: 4096 }) }, ["name", "value"]);
const headerChange = () =>
  object({
    set: listBy("name", header(), 16),
    add: listBy("name", header(), 16),
    remove: list(text(), 16, { "x-kubernetes-list-type": "set" }),
  });

const pathChange = () =>
  object(
    {
      type: oneOf(["ReplaceFullPath", "ReplacePrefixMatch"]),
      replaceFullPath: text({ maxLength: 1024 }),
      replacePrefixMatch: text({ maxLength: 1024 }),
    },
    ["type"],
    rules(
      [
        "self.type == 'ReplaceFullPath' ? has(self.replaceFullPath) : !has(self.replaceFullPath)",
        "replaceFullPath is given exactly when type is ReplaceFullPath",
      ],
      [
        "self.type == 'ReplacePrefixMatch' ? has(self.replacePrefixMatch) : !has(self.replacePrefixMatch)",
        "replacePrefixMatch is given exactly when type is ReplacePrefixMatch",
      ],
    ),
  );

const filterFields: Readonly<Record<string, string>> = {
  RequestHeaderModifier: "requestHeaderModifier",
  ResponseHeaderModifier: "responseHeaderModifier",
  RequestMirror: "requestMirror",
  RequestRedirect: "requestRedirect",
  URLRewrite: "urlRewrite",
  ExtensionRef: "extensionRef",
};

const filter = () =>
  object(
    {
      type: oneOf(Object.keys(filterFields)),
      requestHeaderModifier: headerChange(),
      responseHeaderModifier: headerChange(),
      requestMirror: object(
        {
          backendRef: object(backendReference(), ["name"], servicesHavePorts),
          percent: integer(0, 100),
          fraction: object({ numerator: integer(0, 2 ** 31), denominator: integer(1, 2 ** 31) }, [
            "numerator",
          ]),
        },
        ["backendRef"],
      ),
      requestRedirect: object({
        scheme: oneOf(["http", "https"]),
        hostname: hostname(),
        path: pathChange(),
        port: portNumber(),
        statusCode: { type: "integer", enum: [301, 302], default: 302 },
      }),
      urlRewrite: object({ hostname: hostname(), path: pathChange() }),
      extensionRef: object({ group: groupName(), kind: kindName(), name: objectName() }, [
        "group",
        "kind",
        "name",
      ]),
    },
    ["type"],
    rules(
      ...Object.entries(filterFields).map(
        ([type, field]) =>
          [
            `self.type == '${type}' ? has(self.${field}) : !has(self.${field})`,
            `filter.${field} is given exactly when filter.type is ${type}`,
          ] as const,
      ),
    ),
  );

const match = () =>
  object({
    path: object(
      {
        type: oneOf(["Exact", "PathPrefix", "RegularExpression"], { default: "PathPrefix" }),
        value: text({ maxLength: 1024, default: "/" }),
      },
      [],
      {
        default: { type: "PathPrefix", value: "/" },
        ...rules(
          [
            "self.type in ['Exact', 'PathPrefix'] ? self.value.startsWith('/') : true",
            "value must be an absolute path and start with '/' when type is Exact or PathPrefix",
          ],
          [
            "self.type in ['Exact', 'PathPrefix'] ? !self.value.contains('//') : true",
            "must not contain '//' when type is Exact or PathPrefix",
          ],
        ),
      },
    ),
    headers: listBy(
      "name",
      object(
        {
          type: oneOf(["Exact", "RegularExpression"], { default: "Exact" }),
          name: headerName(),
          value: text({ minLength: 1, maxLength: 4096 }),
        },
        ["name", "value"],
      ),
      16,
    ),
    queryParams: listBy(
      "name",
      object(
        {
          type: oneOf(["Exact", "RegularExpression"], { default: "Exact" }),
          name: headerName(),
          value: text({ minLength: 1, maxLength: 1024 }),
        },
        ["name", "value"],
      ),
      16,
    ),
    method: oneOf(["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"]),
  });

const rule = () =>
  object(
    {
      name: sectionName(),
      matches: list(match(), 64, { default: [{ path: { type: "PathPrefix", value: "/" } }] }),
      filters: list(filter(), 16),
      backendRefs: list(
        object(
          {
            ...backendReference(),
            weight: integer(0, 1_000_000, { default: 1 }),
            filters: list(filter(), 16),
          },
          ["name"],
          servicesHavePorts,
        ),
        16,
      ),
      timeouts: object({ request: duration(), backendRequest: duration() }),
    },
    [],
    rules([
      "(has(self.backendRefs) && size(self.backendRefs) > 0) ? (!has(self.filters) || self.filters.all(f, !has(f.requestRedirect))) : true",
      "RequestRedirect filter must not be used together with backendRefs",
    ]),
  );

export const httpRoute: Kind = {
  group: gatewayGroup,
  kind: "HTTPRoute",
  plural: "httproutes",
  versions: ["v1", "v1beta1"],
  scope: "Namespaced",
  spec: object({
    parentRefs: list(parentReference(), 32),
    hostnames: list(hostname(), 16),
    rules: list(rule(), 16, { default: [{ matches: [{ path: { type: "PathPrefix", value: "/" } }] }] }),
  }),
  status: object(
    {
      parents: list(
        object({ parentRef: parentReference(), controllerName: text(), conditions: conditions() }, [
          "parentRef",
          "controllerName",
        ]),
        32,
      ),
    },
    ["parents"],
  ),
  columns: { Hostnames: ".spec.hostnames" },
};
