package platform

import com.cloudbees.groovy.cps.NonCPS

/** The job of a branch or a pull request of a service, by its full name: FOLDER/REPOSITORY/BRANCH. */
class ServiceJob implements Serializable {
  private static final long serialVersionUID = 1

  /** Name of the repository at GitHub, as its folder is called. */
  String repository
  /** Name of the branch; PR-57 of a pull request. */
  String branch

  /** Null for a job that is not in the folder of services. */
  @NonCPS
  static ServiceJob of(String fullName) {
    List<String> parts = (fullName ?: '').split('/') as List<String>
    if (parts.size() != 3 || parts[0] != 'services') return null
    // Jenkins writes what a folder may not have in its name as in addresses, but a space: release%2F1.4.
    return new ServiceJob(repository: parts[1], branch: URLDecoder.decode(parts[2].replace('+', '%2B'), 'UTF-8'))
  }

  /** Whether it builds what the product's environments may run. */
  @NonCPS
  boolean isReleased() { return new Origin(branch: branch).released }
}
