package platform

import com.cloudbees.groovy.cps.NonCPS

/** What is built, a branch or a pull request, and what may become of it. */
class Origin implements Serializable {
  private static final long serialVersionUID = 1

  /** Name of the branch; of a pull request, Jenkins says PR-57. */
  String branch
  /** Number of the pull request; null for a branch. */
  String pullRequest
  /** Whether the pull request comes from another repository, by somebody who may not write to ours. */
  boolean fork
  List<String> labels = []

  /** From the variables that Jenkins sets for a multibranch build. */
  @NonCPS
  static Origin of(Map variables) {
    return new Origin(
      branch: variables.BRANCH_NAME as String,
      pullRequest: variables.CHANGE_ID as String,
      fork: variables.CHANGE_FORK ? true : false,
    )
  }

  @NonCPS
  boolean isOwnPullRequest() { return pullRequest != null && !fork }

  /** Whether the product's environments may run it: a fork can call its branch main too. */
  @NonCPS
  boolean isReleased() { return pullRequest == null && (branch == 'main' || branch ==~ /release\/.+/) }

  @NonCPS
  boolean isPopup() { return ownPullRequest && labels.contains('popup') }

  @NonCPS
  boolean isPushed() { return released || popup }

  /** Its part of a version. */
  @NonCPS
  String getPlace() {
    if (pullRequest != null) return "pr.${pullRequest}"
    if (!released) return 'branch'
    return branch == 'main' ? 'main' : 'release'
  }
}
