package platform

import com.cloudbees.groovy.cps.NonCPS

/** The commit of main up to which merges were looked at: a build keeps it, for people and the next one, as its description. */
class HandledCommit implements Serializable {
  private static final long serialVersionUID = 1

  @NonCPS
  static String description(String commit) { return "production as of ${commit}" }

  /** Null where no build has said it. */
  @NonCPS
  static String of(String description) {
    List<String> found = (description ?: '').findAll(/\b[0-9a-f]{40}\b/)
    return found.size() == 1 ? found[0] : null
  }
}
