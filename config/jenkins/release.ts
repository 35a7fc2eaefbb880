import { z } from "zod";

// Not called as this file: what runs the program would take it for the file without its ending.
import pinned from "./pinned.json";

/** Chart, core, images and plugins are tried together and raised together: one without the others does not start. */
const exact = z.string().regex(/^[0-9][0-9A-Za-z._-]*$/, "one exact version, such as 2.568.2");

const image = z.strictObject({
  repository: z.string().regex(/^[a-z0-9./-]+$/),
  tag: z.string().regex(/^[0-9][A-Za-z0-9._-]*$/, "a tag that begins with a version, such as 2.568.2-jdk21"),
  /** Absent until it is read from the registry: the tag alone may be moved by who publishes the image. */
  digest: z
    .string()
    .regex(/^sha256:[0-9a-f]{64}$/)
    .optional(),
});

/** What Jenkins is made of; every plugin by its id, sorted, so that a raise reads as a list of changes. */
export const jenkinsReleaseSchema = z
  .strictObject({
    chart: exact,
    core: exact,
    images: z.strictObject({ controller: image, configReload: image, agent: image }),
    plugins: z.record(z.string().regex(/^[a-z0-9][a-z0-9-]*$/), exact),
  })
  .superRefine(({ core, images, plugins }, context) => {
    const names = Object.keys(plugins);
    const late = names.find((name, index) => index > 0 && name < (names[index - 1] ?? ""));
    if (late !== undefined) {
      context.addIssue({ code: "custom", path: ["plugins", late], message: "plugins are sorted by name" });
    }
    if (!images.controller.tag.startsWith(`${core}-`)) {
      context.addIssue({
        code: "custom",
        path: ["images", "controller", "tag"],
        message: `the controller's image is one of core ${core}`,
      });
    }
  });

export type Image = z.infer<typeof image>;
export type JenkinsRelease = z.infer<typeof jenkinsReleaseSchema>;

/** The set that is pinned now. */
export const jenkinsRelease: JenkinsRelease = jenkinsReleaseSchema.parse(pinned);

/** As Kubernetes wants it: `jenkins/jenkins:2.568.2-jdk21`, and its digest where that is known. */
export function imageReference(image: Image): string {
  return `${image.repository}:${tagAndDigest(image)}`;
}

/** As charts want it, which have a value for the tag and none for the digest. */
export function tagAndDigest({ tag, digest }: Image): string {
  return digest === undefined ? tag : `${tag}@${digest}`;
}

/** As the chart and the plugin manager want them: `git:5.10.1`. */
export function pluginLines({ plugins }: Pick<JenkinsRelease, "plugins">): string[] {
  return Object.entries(plugins).map(([name, version]) => `${name}:${version}`);
}
