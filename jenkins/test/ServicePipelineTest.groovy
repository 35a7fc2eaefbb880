import org.junit.Test

class ServicePipelineTest {
  private static final List<String> checks = ['Checkout', 'Makefile', 'Data stores', 'Build', 'Unit tests']
  private static final List<String> pushes = ['Push image', 'Push chart']
  private static final String version = '1.4.57-main.12.g1a2b3c4'

  private final PipelineRun pipeline = new PipelineRun()

  private void run(Map args = [stores: ['postgres', 'redis']]) { pipeline.call('servicePipeline', [args]) }

  private Throwable failure() { return pipeline.failure(stores: ['postgres', 'redis']) }

  private void branch(String name) { pipeline.env.BRANCH_NAME = name }

  private void pullRequest(Map more = [:]) {
    pipeline.env.putAll([BRANCH_NAME: 'PR-57', CHANGE_ID: '57', CHANGE_URL: 'https://github.com/acme/billing/pull/57'] + more)
  }

  private void labels(String... names) {
    pipeline.commands['curl'] = { groovy.json.JsonOutput.toJson(names.collect { [name: it] }) }
  }

  private static Closure failing(String message) { return { Object... ignored -> throw new PipelineRun.StepFailure(message) } }

  private List<Map> getSlack() { return pipeline.taken('slackSend')*.named }

  @Test
  void "runs as the template's Jenkinsfile calls it"() {
    pipeline.jenkinsfile(new File(PipelineRun.library, '../templates/service/Jenkinsfile').text - "@Library('platform') _")
    assert pipeline.order == checks + pushes + ['Staging', 'platform/promote']
  }

  @Test
  void "looks at the Makefile, waits for the stores, builds, tests, pushes the image, then the chart, then goes to staging"() {
    run()
    assert pipeline.order == checks + pushes + ['Staging', 'platform/promote']
    assert pipeline.makes*.named*.it == ['make build', 'make test', 'make push', 'make chart']
  }

  @Test
  void "waits for each store that the service named, and for none where it named none"() {
    run()
    def waits = { it.taken('sh').findAll { it.named.label?.startsWith('wait for') }*.variables*.findAll { it =~ /STORE|PORT/ } }
    assert waits(pipeline) == [['STORE=postgres', 'PORT=5432'], ['STORE=redis', 'PORT=6379']]
    PipelineRun bare = new PipelineRun()
    bare.call('servicePipeline', [[:]])
    assert waits(bare) == []
    assert !bare.order.contains('Data stores')
  }

  @Test
  void "takes one pod a build, of the template that has just its stores"() {
    for (entry in [[['redis', 'postgres'], 'service-build-postgres-redis'], [['redis'], 'service-build-redis'], [['postgres'], 'service-build-postgres'], [null, 'service-build']]) {
      PipelineRun other = new PipelineRun()
      other.call('servicePipeline', [[stores: entry[0]]])
      assert other.taken('node')*.args == [[entry[1]]]
    }
  }

  @Test
  void "runs every target of the Makefile in the pod's build container, with the version"() {
    run()
    assert pipeline.makes*.container.toSet() == ['build'] as Set
    assert pipeline.makes.every { it.variables.contains("VERSION=$version" as String) }
  }

  @Test
  void "asks for the deployment outside the pod, so that no pod waits for it"() {
    run()
    assert pipeline.taken('build')*.node == [null]
  }

  @Test
  void "asks the promote job for staging with exactly the service, the version, the target and the build"() {
    run()
    assert pipeline.taken('build')*.named == [[job: 'platform/promote', parameters: [
      [step: 'string', name: 'SERVICE', value: 'billing'],
      [step: 'string', name: 'VERSION', value: version],
      [step: 'string', name: 'TARGET', value: 'staging'],
      [step: 'string', name: 'BUILD', value: 'services/billing/main #12'],
    ]]]
  }

  @Test
  void "takes the name of the service from its argument before that of the repository"() {
    run(name: 'invoices')
    assert pipeline.taken('build')[0].named.parameters[0].value == 'invoices'
  }

  @Test
  void "holds no right to deploy: beside make and what it has to know of the repository it runs nothing"() {
    run()
    assert pipeline.taken('withCredentials') == []
    assert !pipeline.taken('sh').any { "${it.named}" =~ /kubectl|pulumi|gcloud|helm/ }
  }

  @Test
  void "builds and tests every branch, and pushes nothing of it"() {
    for (name in ['feature/thing', 'mainline', 'release', 'my/main', 'release/']) {
      PipelineRun other = new PipelineRun()
      other.env.BRANCH_NAME = name
      other.call('servicePipeline', [[stores: ['postgres']]])
      assert other.order == checks
      assert other.makes*.named*.it == ['make build', 'make test']
    }
  }

  @Test
  void "pushes release branches and brings them to staging"() {
    branch('release/1.4')
    run()
    assert pipeline.order == checks + pushes + ['Staging', 'platform/promote']
    assert pipeline.taken('build')[0].named.parameters[1].value == '1.4.57-release.12.g1a2b3c4'
  }

  @Test
  void "builds and tests a pull request, and pushes nothing of it"() {
    pullRequest()
    labels('bug')
    run()
    assert pipeline.order == checks
  }

  @Test
  void "pushes a pull request with the label popup, and asks the popup job instead of staging"() {
    pullRequest()
    labels('bug', 'popup')
    run()
    assert pipeline.order == checks + pushes + ['Pop-up', 'platform/popup']
    assert pipeline.taken('build')*.named == [[job: 'platform/popup', parameters: [
      [step: 'string', name: 'SERVICE', value: 'billing'],
      [step: 'string', name: 'VERSION', value: '1.4.57-pr.57.12.g1a2b3c4'],
      [step: 'string', name: 'PULL_REQUEST', value: '57'],
      [step: 'string', name: 'BUILD', value: 'services/billing/main #12'],
    ]]]
  }

  @Test
  void "never pushes a fork's pull request, whatever its label and its branch are called"() {
    pullRequest(CHANGE_FORK: 'stranger', BRANCH_NAME: 'main')
    labels('popup')
    run()
    assert pipeline.order == checks
    assert pipeline.taken('withCredentials') == []
  }

  @Test
  void "pushes nothing of a pull request whose labels GitHub does not say"() {
    pullRequest()
    pipeline.commands['curl'] = failing('curl: (22) 403')
    run()
    assert pipeline.order == checks
    assert pipeline.taken('echo').any { "${it.named.it}".contains('GitHub did not say the labels') }
  }

  @Test
  void "asks GitHub for the labels of this pull request, with the token on no command line"() {
    pullRequest()
    run()
    def asked = pipeline.taken('sh').find { it.named.script?.contains('curl') }
    assert asked.variables == ['ADDRESS=https://api.github.com/repos/acme/billing/issues/57/labels?per_page=100']
    assert !(asked.named.script =~ /curl[^|]*TOKEN/)
    assert pipeline.steps.indexOf(asked) < pipeline.steps.findIndexOf { it.container == 'build' }
  }

  @Test
  void "stops at the first stage that fails, and asks for no deployment"() {
    def upTo = [build: 4, test: 5, push: 6, chart: 7]
    upTo.each { target, count ->
      PipelineRun other = new PipelineRun()
      other.commands["make $target" as String] = failing("make $target said no")
      assert other.failure(stores: ['postgres']).message == "make $target said no"
      assert other.order == (checks + pushes).take(count)
    }
  }

  @Test
  void "fails when staging fails"() {
    pipeline.answers['build'] = failing('platform/promote #3 failed')
    assert failure().message == 'platform/promote #3 failed'
  }

  @Test
  void "publishes the tests' reports when they pass, and misses them when there are none"() {
    run()
    assert pipeline.taken('junit')*.named == [[testResults: 'reports/**/*.xml']]
  }

  @Test
  void "publishes the tests' reports when tests fail, and says what make said even if they cannot be read"() {
    pipeline.commands['make test'] = failing('tests failed')
    pipeline.answers['junit'] = failing('not XML')
    assert failure().message == 'tests failed'
    assert pipeline.taken('junit')*.named == [[testResults: 'reports/**/*.xml', allowEmptyResults: true]]
  }

  @Test
  void "pushes nothing when a report has failures though make test passed"() {
    pipeline.answers['junit'] = { args, body -> [failCount: 2] }
    assert failure().message == 'make test passed, but 2 tests of reports/ failed; the target must fail with them'
    assert pipeline.order == checks
  }

  @Test
  void "names the targets that the Makefile lacks, before it runs any"() {
    pipeline.commands['print-data-base'] = { 'push\nchart\n' }
    assert failure().message == 'the Makefile has no target push, chart; the pipeline calls build, test, push and chart: see the service template'
    assert pipeline.makes == []
    assert pipeline.taken('sh').find { "${it.named.script}".contains('print-data-base') }.variables.contains('TARGETS=build test push chart')
  }

  @Test
  void "refuses before the first target to push where it does not know where to"() {
    pipeline.commands['CHARTS:?'] = failing('CHARTS is not set')
    assert failure().message == 'CHARTS is not set'
    assert pipeline.makes == []
    PipelineRun feature = new PipelineRun()
    feature.env.BRANCH_NAME = 'feature'
    feature.commands['CHARTS:?'] = failing('CHARTS is not set')
    feature.call('servicePipeline', [[:]])
  }

  @Test
  void "refuses unknown arguments and stores before anything starts, in the words of the service's check"() {
    String message = pipeline.failure(stores: ['mysql', 'redis'], deploy: 'production').message
    assert message.readLines() == [
      'Jenkinsfile: servicePipeline has no argument deploy; take one of: stores, name',
      'Jenkinsfile: there is no data store "mysql"; take some of: postgres, redis',
    ]
    assert pipeline.steps*.name.toSet() == ['libraryResource', 'readJSON', 'error'] as Set
    String rules = new File(PipelineRun.library, '../cli/service/rules/jenkinsfile.ts').text
    assert rules.contains('servicePipeline has no argument ${name}') && rules.contains('there is no data store ${JSON.stringify(name)}')
    assert rules.contains('const knownStores = ["postgres", "redis"]') && rules.contains('const knownArguments = ["stores", "name"]')
  }

  @Test
  void "refuses a name that the catalogue would, before anything starts"() {
    for (name in ['Search', 'se--arch', 'search-', '2fa', 'a' * 21]) {
      PipelineRun other = new PipelineRun()
      assert other.failure(name: name).message.startsWith("Jenkinsfile: name is \"${name}\"; it must be 1-20 lower case letters")
      assert other.taken('node') == []
    }
    String catalogue = new File(PipelineRun.library, '../config/service.ts').text
    assert catalogue.contains('"1-20 lower case letters, digits and single dashes, starting with a letter"')
  }

  @Test
  void "says what is wrong with the file VERSION, and builds nothing"() {
    pipeline.files.VERSION = 'v1'
    assert failure().message.startsWith('VERSION is "v1"; it must be one line MAJOR.MINOR')
    assert pipeline.makes == []
  }

  @Test
  void "begins again with another version when the node is taken away, and gives up at the second time"() {
    int lost = 0
    pipeline.commands['make chart'] = { if (lost++ == 0) throw new PipelineRun.NodeLost() }
    run()
    assert pipeline.taken('node').size() == 2
    assert pipeline.taken('retry')*.args == [[[count: 2, conditions: [[step: 'kubernetesAgent', it: null], [step: 'nonresumable', it: null]]]]]
    assert pipeline.taken('build')*.named*.parameters*.getAt(1)*.value == ['1.4.57-main.12.r2.g1a2b3c4']
    PipelineRun unlucky = new PipelineRun()
    unlucky.commands['make build'] = { throw new PipelineRun.NodeLost() }
    assert unlucky.failure([:]) instanceof PipelineRun.NodeLost
    assert unlucky.taken('node').size() == 2
  }

  @Test
  void "does not begin again when a stage fails"() {
    pipeline.commands['make test'] = failing('tests failed')
    failure()
    assert pipeline.taken('node').size() == 1
  }

  @Test
  void "ends after an hour, and dates the lines of its log"() {
    run()
    assert pipeline.taken('timeout')*.named == [[time: 60, unit: 'MINUTES']]
    assert pipeline.taken('timestamps').size() == 1
  }

  @Test
  void "lets no older build pass a newer one on its way to staging"() {
    run()
    List<String> names = pipeline.steps*.name
    assert names.count('milestone') == 1
    assert names.indexOf('milestone') < names.indexOf('build') && pipeline.taken('milestone')[0].node == null
  }

  @Test
  void "keeps a limited number of builds, and ends the older build of a pull request only"() {
    run()
    assert pipeline.taken('properties')*.args*.getAt(0)*.step == [['buildDiscarder']]
    assert pipeline.taken('logRotator')*.named == [[daysToKeepStr: '90', numToKeepStr: '50']]
    PipelineRun other = new PipelineRun()
    other.env.putAll([BRANCH_NAME: 'PR-57', CHANGE_ID: '57', CHANGE_URL: 'https://github.com/acme/billing/pull/57'])
    other.call('servicePipeline', [[:]])
    assert other.taken('disableConcurrentBuilds')*.named == [[abortPrevious: true]]
    assert other.taken('properties')[0].args[0]*.step == ['buildDiscarder', 'disableConcurrentBuilds']
  }

  @Test
  void "writes one message a build to Slack, a reply for each stage, and changes the message at the end"() {
    run()
    String link = '<https://jenkins.example.test/job/12/|services/billing/main #12>'
    assert slack.first() == [color: '#888888', message: "billing: $link runs", failOnError: false]
    assert slack[1..-2]*.channel.toSet() == ['C1:17.1'] as Set
    assert slack[1..-2]*.message == (checks + pushes + ['Staging']).collect { "$it: passed" }
    assert slack.last() == [color: 'good', message: "billing $version: $link passed", channel: 'C1', timestamp: '17.1', failOnError: false]
    assert !slack.any { it.replyBroadcast }
  }

  @Test
  void "broadcasts a failure once, with its stage and reason"() {
    pipeline.commands['make test'] = failing('script returned exit code 2\nmore')
    failure()
    List<Map> told = slack.findAll { it.replyBroadcast }
    assert told.size() == 1
    assert told[0].channel == 'C1:17.1'
    assert told[0].message.startsWith('billing: Unit tests failed in <') && told[0].message.endsWith(': script returned exit code 2')
    assert slack.last().message.endsWith('failed') && slack.last().color == 'danger' && slack.last().timestamp == '17.1'
  }

  @Test
  void "calls an aborted build aborted, and broadcasts nothing"() {
    pipeline.commands['make test'] = { throw new FlowInterruptedException() }
    failure()
    assert !slack.any { it.replyBroadcast }
    assert slack.last().message.endsWith('was aborted') && slack.last().color == 'warning'
  }

  @Test
  void "passes whatever Slack does: refuse, throw an error, answer nothing, or answer without a thread"() {
    List<Closure> moods = [failing('404'), { args, body -> throw new NoClassDefFoundError('slack') }, { args, body -> null }, { args, body -> [:] }, { args, body -> 'ok' }]
    for (mood in moods) {
      PipelineRun other = new PipelineRun()
      other.answers['slackSend'] = mood
      other.call('servicePipeline', [[stores: ['postgres', 'redis']]])
      assert other.order == checks + pushes + ['Staging', 'platform/promote']
      assert other.taken('slackSend').size() == 1
    }
  }

  @Test
  void "fails for its own reason when Slack fails too"() {
    pipeline.commands['make build'] = failing('make build said no')
    int sent = 0
    pipeline.answers['slackSend'] = { args, body -> if (sent++) throw new PipelineRun.StepFailure('404'); [threadId: 'C1:17.1', channelId: 'C1', ts: '17.1'] }
    assert failure().message == 'make build said no'
    assert sent > 2
  }

  @Test
  void "ends when somebody ends it while Slack is slow"() {
    pipeline.answers['slackSend'] = { args, body -> throw new FlowInterruptedException() }
    assert failure() instanceof FlowInterruptedException
    assert pipeline.makes == []
  }

  /** Has the name of Jenkins' own, which is known by it. */
  static class FlowInterruptedException extends RuntimeException {}
}
