package platform

import com.cloudbees.groovy.cps.NonCPS

/** What `platform release check --json` says of a plan. */
class ReleasePlan implements Serializable {
  private static final long serialVersionUID = 1

  String service
  String stack
  /** only, more or nothing. */
  String plan
  /** What `pulumi up` is to touch. */
  List<String> targets = []
  /** What else it would do, one in each. */
  List<String> objections = []

  @NonCPS
  static ReleasePlan of(Map said, Promotion promotion) {
    return new ReleasePlan(
      service: promotion.service,
      stack: promotion.stack,
      plan: said.plan,
      targets: said.targets.collect { it as String },
      objections: said.objections.collect { "${it.action} ${nameIn(it.urn as String)}${it.because ? " (${it.because})" : ''}" as String },
    )
  }

  /** The version runs there, and nothing is to be done. */
  @NonCPS
  boolean isNothing() { return plan == 'nothing' }

  /** Why it is not deployed, or null where it is only the version. */
  @NonCPS
  String getRefusal() {
    // Whatever the check may say one day, only what is known to be harmless goes on.
    if (plan == 'nothing' || (plan == 'only' && targets)) return null
    return "the plan of ${stack} is not only a version of ${service}; it would ${objections.join(', ')}. " +
      "Let a reviewed up of ${stack} do the rest first, and start this job again"
  }

  /** The last parts of urn:pulumi:STACK::PROJECT::PARENTS$TYPE::NAME. */
  @NonCPS
  private static String nameIn(String urn) {
    List<String> parts = urn.split('::', 4) as List<String>
    if (parts.size() < 4) return urn
    return "${parts[2].tokenize('$').last().tokenize(':').last()} ${parts[3]}"
  }
}
