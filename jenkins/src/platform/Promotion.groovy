package platform

import com.cloudbees.groovy.cps.NonCPS

/** One version of one service, and the environment that it is to run in. */
class Promotion implements Serializable {
  private static final long serialVersionUID = 1

  String service
  String version
  /** Name of the stack. */
  String stack
  /** What made the version. */
  String build

  /**
   * From the parameters of the job; whether there is such a service, and such a version, `platform release` judges.
   * @throws IllegalArgumentException with all that is wrong.
   */
  @NonCPS
  static Promotion of(Map parameters) {
    List<String> problems = []
    for (String name in ['SERVICE', 'VERSION']) {
      String given = parameters[name] ?: ''
      // They become arguments of commands: none may look like an option.
      if (!(given ==~ /[A-Za-z0-9][A-Za-z0-9.-]*/)) {
        problems << "${name} is \"${given}\"; it must be letters, digits, dots and dashes, starting with a letter or digit"
      }
    }
    String stack = parameters.TARGET ?: ''
    if (!['staging', 'production'].contains(stack)) problems << "TARGET is \"${stack}\"; it must be staging or production"
    String build = parameters.BUILD ?: ''
    if (stack == 'staging' && !build.trim()) problems << 'BUILD is empty; it must say what made the version, such as services/billing/main #12'
    if (problems) throw new IllegalArgumentException(problems.join('\n'))
    return new Promotion(service: parameters.SERVICE, version: parameters.VERSION, stack: stack, build: build)
  }

  @NonCPS
  String getSubject() { return "${service} ${version} to ${stack}" }

  /** The label of the pods that may write to the environment. */
  @NonCPS
  String getLabel() { return "deploy-${stack}" }

  /** What only one build at a time has. */
  @NonCPS
  String getLock() { return "platform-${stack}" }

  /** For the scripts beside the pipelines. BUILD they have as the job's parameter: here what looks like a variable in it would be replaced. */
  @NonCPS
  List<String> getVariables() { return ["SERVICE=${service}", "VERSION=${version}", "STACK=${stack}"].collect { it as String } }

  /** Whether the version gets there by this job; into production it comes by the merge of a pull request only. */
  @NonCPS
  boolean isWrittenHere() { return stack == 'staging' }

  /** The beginning of the commit that it was made of; null of a version that no pipeline made. */
  @NonCPS
  String getCommit() {
    def found = version =~ /\.g([0-9a-f]{7,40})$/
    return found ? found[0][1] : null
  }

  /** Whether the tests of the product from outside follow: never with what customers have. */
  @NonCPS
  boolean isTested() { return writtenHere && commit != null }

  /** Why the version may not be deployed by what `platform release status --json` says is committed, or null where it may. */
  @NonCPS
  String refusal(Map status) {
    Map known = status.services.find { it.service == service }
    String committed = known?.releases?.getAt(stack)?.version
    if (committed == version) return null
    return "catalog/releases/${stack}.yaml of main has ${committed ? "${service} ${committed}" : "no ${service}"}, and not ${version}; " +
      "this job deploys to ${stack} only what a merged pull request says: the job platform/propose opens one"
  }
}
