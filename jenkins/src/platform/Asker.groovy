package platform

import com.cloudbees.groovy.cps.NonCPS

/** Who asks for a deployment, by the causes that Jenkins knows of its build: no parameter can say another. */
class Asker implements Serializable {
  private static final long serialVersionUID = 1

  private static final String merged = 'platform/merged'
  private static final List<String> byJobs = [
    'hudson.model.Cause$UpstreamCause',
    'org.jenkinsci.plugins.workflow.support.steps.build.BuildUpstreamCause',
  ]

  /** Whether somebody started it who is logged in: the folder says who may. */
  boolean person
  /** Full names of the jobs that started it, with the numbers of their builds; one build may answer several. */
  Map<String, List<String>> builds = [:]

  /** From `currentBuild.getBuildCauses()`. */
  @NonCPS
  static Asker of(List causes) {
    Asker asker = new Asker()
    for (Object cause : causes) {
      String kind = cause['_class'] as String
      if (kind == 'hudson.model.Cause$UserIdCause') asker.person = true
      if (byJobs.contains(kind)) {
        String job = cause['upstreamProject'] as String
        List<String> numbers = asker.builds[job] ?: []
        numbers.add(cause['upstreamBuild'] as String)
        asker.builds.put(job, numbers)
      }
    }
    return asker
  }

  /** Why the version may not be deployed for who asks, or null where it may; `repositoryRefusal` has the rest. */
  @NonCPS
  String refusal(Promotion promotion) {
    if (promotion.stack == 'production') {
      if (builds.containsKey(merged)) return null
      return "${who()} may not deploy to production; only ${merged} may, which looks at who approved what was merged: start that one"
    }
    if (person || services(promotion)) return null
    return "${who()} may not bring ${promotion.service} to ${promotion.stack} as made by \"${promotion.build}\"; " +
      "it has to be the build of main or release/* of its repository that made it, or an administrator"
  }

  /** The same, of a service whose code the catalogue says is in this repository; null where it may. */
  @NonCPS
  String repositoryRefusal(Promotion promotion, String repository) {
    if (person || promotion.stack == 'production') return null
    String name = repository.trim().replaceFirst(/\/$/, '').replaceFirst(/\.git$/, '').tokenize('/').last()
    if (services(promotion).any { it.repository == name }) return null
    return "${who()} may not bring ${promotion.service} to ${promotion.stack}: catalog/services says that its code is in ${repository.trim()}, " +
      "whose job is services/${name}; correct the one or the other"
  }

  /** Whether this very build started it, and is one of this pull request. */
  @NonCPS
  boolean madeFor(String pullRequest, String build) {
    return builds.any { String job, List<String> numbers ->
      ServiceJob.of(job)?.branch == "PR-${pullRequest}" && numbers.any { "${job} #${it}" == build }
    }
  }

  /** Jobs that made this very version, by what they say of it. */
  @NonCPS
  private List<ServiceJob> services(Promotion promotion) {
    List<ServiceJob> found = []
    for (String job : builds.keySet()) {
      ServiceJob service = ServiceJob.of(job)
      if (service?.released && builds[job].any { "${job} #${it}" == promotion.build }) found.add(service)
    }
    return found
  }

  @NonCPS
  private String who() {
    List<String> all = new ArrayList<String>(builds.keySet())
    if (person) all.add(0, 'somebody')
    return all ? all.join(', ') : 'what started this job'
  }
}
