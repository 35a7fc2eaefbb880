package platform

import com.cloudbees.groovy.cps.NonCPS

/** What people read in Slack. */
class Messages implements Serializable {
  private static final long serialVersionUID = 1

  String service
  String build
  String url

  @NonCPS
  Map started() { return [color: '#888888', message: "${service}: ${link()} runs"] }

  @NonCPS
  Map passed(String stage) { return [color: 'good', message: "${stage}: passed"] }

  /** Broadcast, so that it is seen by who does not follow the thread. */
  @NonCPS
  Map failed(String stage, Throwable failure) {
    if (isInterruption(failure)) return [color: 'warning', message: "${stage}: aborted"]
    return [color: 'danger', message: "${service}: ${stage} failed in ${link()}: ${firstLine(failure)}", replyBroadcast: true]
  }

  /** Takes the place of the first message. */
  @NonCPS
  Map ended(String version, Throwable failure) {
    String what = version ? "${service} ${version}" : service
    if (failure == null) return [color: 'good', message: "${what}: ${link()} passed"]
    if (isInterruption(failure)) return [color: 'warning', message: "${what}: ${link()} was aborted"]
    return [color: 'danger', message: "${what}: ${link()} failed"]
  }

  /** An abort by somebody, a newer build or the time; known by its name, as the class is one of Jenkins. */
  @NonCPS
  static boolean isInterruption(Throwable failure) { return failure.getClass().simpleName == 'FlowInterruptedException' }

  @NonCPS
  private String link() { return "<${url}|${build}>" }

  @NonCPS
  private static String firstLine(Throwable failure) {
    return (failure.message ?: failure.getClass().simpleName).readLines()[0]
  }
}
