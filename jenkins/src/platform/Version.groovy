package platform

import com.cloudbees.groovy.cps.NonCPS

/**
 * The number of a build: one for the image's tag, for the chart and for the version of the application in it.
 *
 *   MAJOR.MINOR.COUNT-PLACE.BUILD.gCOMMIT         1.4.57-main.12.g1a2b3c4
 *   MAJOR.MINOR.COUNT-PLACE.BUILD.rTRY.gCOMMIT    1.4.57-main.12.r2.g1a2b3c4
 *
 * - MAJOR.MINOR: the line of the file VERSION in the service's repository, 1.0 where there is none.
 * - COUNT: how many commits the built one has behind it, itself included; so what is later on a branch is greater.
 * - PLACE: `main`, `release`, `pr.NUMBER`, or `branch` for what is never pushed. No name of a branch is in it, because
 *   a version has at most 60 characters and a tag no slash.
 * - BUILD: number of the build in Jenkins; a commit that is built twice makes two versions, as tags never move.
 * - TRY: from 2, when the node of the first try was taken away; `r` comes after `g`, so it is the greater one.
 * - COMMIT: seven characters. The `g` keeps digits with a zero in front of them from being a number, which semver refuses.
 *
 * It is an exact version as the releases of the catalogue want it (at most 60 characters, no `+`), and a tag as
 * registries want it ([A-Za-z0-9_][A-Za-z0-9._-]*, at most 128).
 */
class Version implements Serializable {
  private static final long serialVersionUID = 1

  /** @throws IllegalArgumentException where the file VERSION has another form, or only a part of the history is there. */
  @NonCPS
  static String of(Map given) {
    String line = given.line == null ? '1.0' : given.line.trim()
    if (!(line ==~ /(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})/)) {
      throw new IllegalArgumentException("VERSION is \"${line}\"; it must be one line MAJOR.MINOR, for example 1.4; the pipeline adds the rest")
    }
    List<String> facts = given.history.trim().split(/\s+/) as List<String>
    if (facts.size() != 3 || !(facts[1] ==~ /[1-9][0-9]*/) || !(facts[2] ==~ /[0-9a-f]{40}([0-9a-f]{24})?/)) {
      throw new IllegalArgumentException("git says \"${given.history.trim()}\" of the history; it must be: whether it is shallow, a count, a commit")
    }
    if (facts[0] != 'false') {
      throw new IllegalArgumentException('the checkout has only a part of the history, so commits cannot be counted; take "shallow clone" off the job')
    }
    String again = given.attempt > 1 ? "r${given.attempt}." : ''
    return "${line}.${facts[1]}-${given.place}.${given.build}.${again}g${facts[2].substring(0, 7)}"
  }
}
