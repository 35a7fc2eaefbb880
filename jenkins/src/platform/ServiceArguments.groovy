package platform

import com.cloudbees.groovy.cps.NonCPS

/** What a Jenkinsfile says of its service, judged as `platform service check` does. */
class ServiceArguments implements Serializable {
  private static final long serialVersionUID = 1

  String name
  /** Sorted, each once: so the label of the build pod is the same however they are written. */
  List<String> stores

  /**
   * @throws IllegalArgumentException with all that is wrong.
   */
  @NonCPS
  static ServiceArguments of(Map given, List<String> knownStores, String jobName) {
    List<String> known = new ArrayList<String>(new TreeSet<String>(knownStores))
    List<String> problems = []
    for (Object argument : given.keySet()) {
      if (!['stores', 'name'].contains(argument as String)) {
        problems << "servicePipeline has no argument ${argument}; take one of: stores, name"
      }
    }
    Object stores = given.stores == null ? [] : given.stores
    if (!(stores instanceof List)) {
      problems << "stores is \"${stores}\"; it must be a list, for example ['postgres']"
      stores = []
    }
    for (Object store : stores) {
      if (!known.contains(store as String)) {
        problems << "there is no data store \"${store}\"; take some of: ${known.join(', ')}"
      }
    }
    // The catalogue says which repository a service is of, and promote brings it for no other.
    String name = given.name == null ? (ServiceJob.of(jobName)?.repository ?: '') : given.name
    // As the catalogue has it (config/service.ts): no other service can be released.
    if (!(name ==~ /[a-z][a-z0-9]*(-[a-z0-9]+)*/) || name.length() > 20) {
      problems << "name is \"${name}\"; it must be 1-20 lower case letters, digits and single dashes, starting with a letter, as in the platform's catalogue"
    }
    if (problems) throw new IllegalArgumentException("Jenkinsfile: ${problems.join('\nJenkinsfile: ')}")
    List<String> sorted = new ArrayList<String>(new TreeSet<String>(stores.collect { it as String }))
    return new ServiceArguments(name: name, stores: sorted)
  }

  /** The controller's configuration has a pod template for each label. */
  @NonCPS
  String getLabel() { return (['service-build'] + stores).join('-') }
}
