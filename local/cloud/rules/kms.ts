import { fullId, memberRule } from "./members";
import { textAt } from "./read";
import {
  deletionPolicy,
  flag,
  labelOutputs,
  labels,
  list,
  object,
  oneOf,
  project,
  text,
  type Rule,
} from "./shape";

const keyName = {
  pattern: /^[a-zA-Z0-9_-]{1,63}$/,
  rule: "1-63 letters, digits, - and _",
  required: true,
  replaces: true,
} as const;

const keyRing: Rule = {
  kind: "kms/keyRing:KeyRing",
  api: "cloudkms.googleapis.com",
  id: "projects/{project}/locations/{location}/keyRings/{name}",
  autonamed: "name",
  inputs: {
    name: text(keyName),
    location: text({ required: true, replaces: true }),
    project: project(),
  },
  computed: [],
  // Key rings cannot be deleted: the provider forgets them, and a second one of that name is refused for ever.
  staysOnDelete: () => true,
  reservesName: "ever",
  takes: { create: 2 },
  source: "terraform-provider-google resource_kms_key_ring",
};

/**
 * Deleting a key destroys its versions (what they encrypted is lost after the scheduled time) and stops its
 * rotation, but the key itself stays: it is of no use any more and its name is never free again.
 */
const cryptoKey: Rule = {
  kind: "kms/cryptoKey:CryptoKey",
  api: "cloudkms.googleapis.com",
  id: "{keyRing}/cryptoKeys/{name}",
  autonamed: "name",
  inputs: {
    name: text(keyName),
    keyRing: text({
      required: true,
      replaces: true,
      pattern: /^projects\/[^/]+\/locations\/[^/]+\/keyRings\/[^/]+$/,
      rule: "the id of a key ring, projects/{project}/locations/{location}/keyRings/{name}",
      // No hold: what the provider calls deleting a ring does not reach Google.
      reference: { kinds: ["kms/keyRing:KeyRing"] },
    }),
    purpose: oneOf(
      [
        "ENCRYPT_DECRYPT",
        "ASYMMETRIC_SIGN",
        "ASYMMETRIC_DECRYPT",
        "MAC",
        "RAW_ENCRYPT_DECRYPT",
        "KEY_ENCAPSULATION",
      ],
      { replaces: true, default: "ENCRYPT_DECRYPT" },
    ),
    rotationPeriod: text({
      pattern: /^[0-9]+(\.[0-9]{1,9})?s$/,
      rule: "seconds, such as 7776000s",
    }),
    destroyScheduledDuration: text({
      replaces: true,
      computed: true,
      pattern: /^[0-9]+(\.[0-9]{1,9})?s$/,
      rule: "seconds, such as 2592000s",
    }),
    importOnly: flag({ replaces: true, computed: true }),
    skipInitialVersionCreation: flag(),
    cryptoKeyBackend: text({ replaces: true, computed: true }),
    keyAccessJustificationsPolicy: object({ allowedAccessReasons: list(text()) }, { computed: true }),
    versionTemplate: object(
      {
        algorithm: text({ required: true }),
        protectionLevel: oneOf(["SOFTWARE", "HSM", "EXTERNAL", "EXTERNAL_VPC", "HSM_SINGLE_TENANT"], {
          replaces: true,
          default: "SOFTWARE",
        }),
      },
      { computed: true },
    ),
    labels: labels(),
    deletionPolicy: deletionPolicy(),
  },
  computed: [
    "primaries",
    "pulumiLabels",
    "effectiveLabels",
    "destroyScheduledDuration",
    "importOnly",
    "versionTemplate",
  ],
  outputs: ({ id, inputs }) => ({
    primaries: [{ name: `${id}/cryptoKeyVersions/1`, state: "ENABLED" }],
    destroyScheduledDuration: "2592000s",
    importOnly: false,
    versionTemplate: { algorithm: "GOOGLE_SYMMETRIC_ENCRYPTION", protectionLevel: "SOFTWARE" },
    ...labelOutputs(inputs["labels"]),
  }),
  refuses: (inputs) => {
    const period = textAt(inputs, "rotationPeriod");
    return [
      ...(period && Number.parseFloat(period) < 86400 ? ["rotationPeriod: at least one day, 86400s"] : []),
      ...(period && inputs["purpose"] && inputs["purpose"] !== "ENCRYPT_DECRYPT"
        ? ["rotationPeriod: only keys with purpose ENCRYPT_DECRYPT rotate"]
        : []),
    ];
  },
  reservesName: "ever",
  takes: { create: 2, update: 2, remove: 3 },
  source: "terraform-provider-google resource_kms_crypto_key",
};

export const kms: readonly Rule[] = [
  keyRing,
  cryptoKey,
  memberRule({
    kind: "kms/cryptoKeyIAMMember:CryptoKeyIAMMember",
    api: "cloudkms.googleapis.com",
    on: {
      cryptoKeyId: text({
        required: true,
        replaces: true,
        reference: { kinds: ["kms/cryptoKey:CryptoKey"], partOf: true },
      }),
    },
    onId: (inputs) => fullId(textAt(inputs, "cryptoKeyId") ?? ""),
  }),
];
