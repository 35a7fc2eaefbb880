package platform

import com.cloudbees.groovy.cps.NonCPS

/** What is asked of a pop-up: by a labelled pull request of a service, or by a person. */
class PopupRequest implements Serializable {
  private static final long serialVersionUID = 1

  /** up, extend or down. */
  String action
  /** What people call it; null where it is named after a pull request. */
  String name
  /** SERVICE/NUMBER; null where it has a name. */
  String pullRequest
  /** The environment whose versions it runs. */
  String from
  /** SERVICE=VERSION, one after the other. */
  String versions
  /** As the command has it: 8h. */
  String life
  String owner

  /**
   * From the parameters of the job and who started it. Any job may start this one, so a pull request is believed only to the
   * build that made the version.
   * @throws IllegalArgumentException with all that is wrong.
   */
  @NonCPS
  static PopupRequest of(Map parameters, Asker asker, String person) {
    List<String> problems = []
    Closure<String> given = { String key -> ((parameters[key] ?: '') as String).trim() }
    Closure must = { String key, String pattern, String rule ->
      if (!(given(key) ==~ pattern)) problems << "${key} is \"${given(key)}\"; it must be ${rule}"
    }
    boolean isPullRequest = given('PULL_REQUEST') as boolean
    if (isPullRequest) {
      must('PULL_REQUEST', '[1-9][0-9]*', 'the number of a pull request')
      must('SERVICE', '[a-z][a-z0-9-]*', 'a service of catalog/services')
      must('VERSION', '[A-Za-z0-9][A-Za-z0-9.-]*', 'the exact version that the build made')
      if (!asker.person && !asker.madeFor(given('PULL_REQUEST'), given('BUILD'))) {
        problems << "what started this job is not \"${given('BUILD')}\", the build of pull request ${given('PULL_REQUEST')}"
      }
    } else {
      must('DO', 'up|extend|down', 'up, extend or down')
      must('NAME', '[a-z][a-z0-9-]{2,14}', '3 to 15 lower case letters, digits and dashes, starting with a letter')
      must('FROM', 'staging|production', 'staging or production')
      must('TTL', '[1-9][0-9]*[mhd]', 'a number of minutes, hours or days: 30m, 8h, 2d')
      must('VERSIONS', '([a-z][a-z0-9-]*=[A-Za-z0-9][A-Za-z0-9.-]* *)*', 'SERVICE=VERSION, with spaces between several')
      if (!asker.person) problems << 'only people name a pop-up; a pipeline says PULL_REQUEST'
    }
    if (problems) throw new IllegalArgumentException(problems.join('\n'))
    if (!isPullRequest) {
      return new PopupRequest(
        action: given('DO'), name: given('NAME'), from: given('FROM'), versions: given('VERSIONS'), life: given('TTL'), owner: person,
      )
    }
    // Its next push gives it another day.
    return new PopupRequest(
      action: 'up', pullRequest: "${given('SERVICE')}/${given('PULL_REQUEST')}", from: 'staging',
      versions: "${given('SERVICE')}=${given('VERSION')}", life: '1d', owner: person ?: given('BUILD'),
    )
  }

  @NonCPS
  String getSubject() { return "pop-up ${called}: ${action}" }

  /** What only one build at a time has: as a person may call the pop-up of a pull request, too. */
  @NonCPS
  String getLock() { return "platform-popup-${called.replace('/', '-')}" }

  /** For popup.sh. */
  @NonCPS
  List<String> getVariables() {
    Map all = [DO: action, NAME: name ?: '', FOR: pullRequest ?: '', FROM: from, VERSIONS: versions, TTL: life, OWNER: owner]
    return all.collect { key, value -> "${key}=${value}" as String }
  }

  @NonCPS
  private String getCalled() { return name ?: pullRequest }
}
