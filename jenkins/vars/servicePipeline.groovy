import platform.Origin
import platform.ServiceArguments
import platform.Version

/** The pipeline of every service; see servicePipeline.txt. */
void call(Map given = [:]) {
  Map stores = readJSON(text: libraryResource('platform/stores.json'))
  ServiceArguments service = null
  try {
    service = ServiceArguments.of(given, new ArrayList(stores.keySet()), env.JOB_NAME as String)
  } catch (IllegalArgumentException e) {
    // As an error of the pipeline it is only its message, without a stack.
    error e.message
  }
  Origin origin = Origin.of(
    BRANCH_NAME: env.BRANCH_NAME,
    CHANGE_ID: env.CHANGE_ID,
    CHANGE_FORK: env.CHANGE_FORK,
  )
  // What the stages share; a step of the pipeline may be the last before a restart of Jenkins, so it is plain data.
  Map run = [service: service, origin: origin, attempt: 0]
  properties(jobProperties(origin))
  reported.build(run, service.name) {
    inBuildPod(run, stores)
    outside(run)
  }
}

private List jobProperties(Origin origin) {
  List all = [buildDiscarder(logRotator(daysToKeepStr: '90', numToKeepStr: '50'))]
  // Of a branch every commit is built: the newest one alone would not say which of them broke it.
  if (origin.pullRequest != null) all.add(disableConcurrentBuilds(abortPrevious: true))
  return all
}

/** All that runs code of the repository. A node that is taken away takes the work with it, so it begins again. */
private void inBuildPod(Map run, Map stores) {
  retry(count: 2, conditions: [kubernetesAgent(), nonresumable()]) {
    run.attempt = run.attempt + 1
    timeout(time: 60, unit: 'MINUTES') {
      node(run.service.label) {
        reported(run, 'Checkout') { checkOut(run) }
        withEnv(["VERSION=${run.version}"]) {
          reported(run, 'Makefile') { container('build') { checkContract(run.origin) } }
          if (run.service.stores) {
            reported(run, 'Data stores') { awaitStores(run.service.stores, stores) }
          }
          container('build') {
            reported(run, 'Build') { sh 'make build' }
            reported(run, 'Unit tests') { unitTests() }
            if (run.origin.pushed) {
              reported(run, 'Push image') { sh 'make push' }
              reported(run, 'Push chart') { sh 'make chart' }
            }
          }
        }
      }
    }
  }
}

/** Deploying is the right of two jobs that no service can change; here they are only asked, and no pod waits for them. */
private void outside(Map run) {
  List common = [
    string(name: 'SERVICE', value: run.service.name),
    string(name: 'VERSION', value: run.version),
  ]
  List from = [string(name: 'BUILD', value: run.name)]
  if (run.origin.released) {
    reported(run, 'Staging') {
      // A build that comes here after a newer one ends.
      milestone(1)
      build(job: 'platform/promote', parameters: common + [string(name: 'TARGET', value: 'staging')] + from)
    }
  }
  if (run.origin.popup) {
    reported(run, 'Pop-up') {
      build(job: 'platform/popup', parameters: common + [string(name: 'PULL_REQUEST', value: run.origin.pullRequest)] + from)
    }
  }
}

private void checkOut(Map run) {
  checkout scm
  if (run.origin.ownPullRequest) run.origin.labels = pullRequestLabels()
  Map facts = [
    line: fileExists('VERSION') ? readFile('VERSION') : null,
    history: sh(
      label: 'history',
      returnStdout: true,
      script: 'echo "$(git rev-parse --is-shallow-repository) $(git rev-list --count HEAD) $(git rev-parse HEAD)"',
    ),
    place: run.origin.place,
    build: env.BUILD_NUMBER as String,
    attempt: run.attempt,
  ]
  try {
    run.version = Version.of(facts)
  } catch (IllegalArgumentException e) {
    error e.message
  }
  echo "version ${run.version}"
}

private void checkContract(Origin origin) {
  String missing = ''
  withEnv(['TARGETS=build test push chart']) {
    missing = sh(label: 'targets', returnStdout: true, script: libraryResource('platform/missing-targets.sh'))
  }
  List<String> targets = missing.tokenize()
  if (targets) {
    error "the Makefile has no target ${targets.join(', ')}; the pipeline calls build, test, push and chart: see the service template"
  }
  if (origin.pushed) {
    // Without CHARTS the target only packages, and the environment would look for a chart that is nowhere.
    sh label: 'registries', script: ': "${IMAGES:?is not set in the build pod}" "${CHARTS:?is not set in the build pod}"'
  }
}

/** They start beside the build container, which does not wait for them. */
private void awaitStores(List<String> names, Map stores) {
  for (name in names) {
    int port = stores[name].port as int
    withEnv(["STORE=${name}", "PORT=${port}"]) {
      sh label: "wait for ${name}", script: '''timeout 120 bash -c 'until (echo >"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null; do sleep 1; done' ||
  { echo "$STORE does not answer at 127.0.0.1:$PORT after two minutes; see the log of its container" >&2; exit 1; }'''
    }
  }
}

private void unitTests() {
  try {
    sh 'make test'
  } catch (Throwable e) {
    // What the tests said matters most now; that it cannot be read must not take the place of the failure.
    try {
      junit testResults: 'reports/**/*.xml', allowEmptyResults: true
    } catch (Exception unreadable) {
      echo "the reports cannot be read: ${unreadable.message}"
    }
    throw e
  }
  def results = junit(testResults: 'reports/**/*.xml')
  if (results.failCount > 0) {
    error "make test passed, but ${results.failCount} tests of reports/ failed; the target must fail with them"
  }
}
