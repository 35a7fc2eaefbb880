import groovy.json.JsonOutput
import org.junit.Test

class PromoteTest {
  private static final String urn = 'urn:pulumi:staging::platform::platform:index:Service$kubernetes:helm.sh/v3:Release::billing'
  private static final List<String> deploys = ['Checkout', 'Plan', 'Commit', 'Up', 'Acceptance']
  private static final List<String> takesBack = ['Checkout', 'Take back']

  private final PipelineRun pipeline = new PipelineRun()

  PromoteTest() {
    pipeline.env.putAll(JOB_NAME: 'platform/promote', BUILD_NUMBER: '3', BUILD_URL: 'https://jenkins.example.test/job/3/')
    parameters(TARGET: 'staging')
    startedBy('services/billing/main', 12)
    pipeline.commands['repository.ts'] = { 'https://github.com/acme/billing\n' }
    line(true)
    plan('only', [urn])
    production(billing: '1.4.2')
  }

  private void parameters(Map more) {
    pipeline.params.putAll([SERVICE: 'billing', VERSION: '1.4.2', TARGET: 'staging', BUILD: 'services/billing/main #12'] + more)
    if (more.TARGET == 'production') startedBy('platform/merged', 9)
  }

  private void startedBy(String job, int build) {
    causes([_class: 'org.jenkinsci.plugins.workflow.support.steps.build.BuildUpstreamCause', upstreamProject: job, upstreamBuild: build])
  }

  private void startedByPerson() { causes([_class: 'hudson.model.Cause$UserIdCause', userId: 'mia']) }

  private void causes(Map... all) { pipeline.currentBuild.getBuildCauses = { -> all as List } }

  private void line(boolean changed) { pipeline.commands['release set'] = { JsonOutput.toJson([changed: changed]) } }

  private void plan(String plan, List targets, List objections = []) {
    pipeline.commands['plan-release'] = { JsonOutput.toJson([version: 1, service: 'billing', stack: 'staging', plan: plan, from: null, to: null, targets: targets, objections: objections]) }
  }

  private void production(Map<String, String> versions) {
    pipeline.commands['release status'] = {
      JsonOutput.toJson([services: ['authentication', 'billing'].collect { [service: it, releases: [staging: [version: '9.9.9'], production: versions[it] ? [version: versions[it]] : null]] }])
    }
  }

  private void broken(String command, Throwable failure = new PipelineRun.StepFailure("$command said no")) {
    pipeline.commands[command] = { throw failure }
  }

  /** The scripts that were run, by their names. */
  private List<String> getScripts() {
    return pipeline.taken('sh').collect { ((it.named.script ?: it.named.it) =~ /[a-z-]+(?=\.sh)|release (?:set|status)/)*.toString() }.flatten() - 'prepare'
  }

  private List<Map> getSlack() { return pipeline.taken('slackSend')*.named }

  @Test
  void "deploys to staging: fresh main, the line, the plan, the commit, then the up and the acceptance"() {
    pipeline.pipeline('promote')
    assert pipeline.order == deploys
    assert scripts == ['fresh-main', 'release set', 'plan-release', 'push-release', 'acceptance', 'deploy-release', 'acceptance']
  }

  @Test
  void "has the environment to itself in all it does, in pods that may write to that environment only"() {
    broken('acceptance.sh after')
    pipeline.failureOf('promote')
    List work = pipeline.steps.findAll { it.name in ['node', 'sh', 'checkout', 'writeFile'] }
    assert work*.lock.toSet() == ['platform-staging'] as Set
    assert pipeline.taken('node')*.args == [['deploy-staging'], ['deploy-staging']]
    PipelineRun other = new PromoteTest().with { it.parameters(TARGET: 'production'); it.pipeline.pipeline('promote'); it.pipeline }
    assert other.taken('node')*.args == [['deploy-production']]
    assert other.taken('lock')*.args == [['platform-production']]
  }

  @Test
  void "runs everything in the deploy container, with the release as variables and never as text of a command"() {
    parameters(BUILD: 'x"; id #$HOME')
    startedByPerson()
    pipeline.pipeline('promote')
    List commands = pipeline.taken('sh')
    assert commands*.container.toSet() == ['deploy'] as Set
    assert commands.drop(1).every { it.variables == ['SERVICE=billing', 'VERSION=1.4.2', 'STACK=staging'] }
    assert !commands.any { "${it.named}" =~ /billing|1\.4\.2|id #/ }
  }

  @Test
  void "aims the up at what the check allowed, and at nothing else"() {
    plan('only', [urn, "${urn}-watched"])
    pipeline.pipeline('promote')
    assert pipeline.taken('writeFile')*.named == [[file: '.local/targets', text: "$urn\n${urn}-watched\n"]]
  }

  @Test
  void "pushes nothing and touches nothing when the plan does more than the version, and says what"() {
    plan('more', [], [[urn: 'urn:pulumi:staging::platform::gcp:compute/network:Network::main', action: 'replace', because: 'of its name'], [urn: urn, action: 'create']])
    assert pipeline.failureOf('promote').message == 'the plan of staging is not only a version of billing; it would ' +
      'replace Network main (of its name), create Release billing. Let a reviewed up of staging do the rest first, and start this job again'
    assert scripts == ['fresh-main', 'release set', 'plan-release']
  }

  @Test
  void "pushes nothing when the check says what nobody knows, or names no target"() {
    for (said in [['perhaps', [urn]], ['only', []]]) {
      PromoteTest other = new PromoteTest()
      other.plan(said[0], said[1])
      other.pipeline.failureOf('promote')
      assert other.scripts == ['fresh-main', 'release set', 'plan-release']
    }
  }

  @Test
  void "pushes nothing when the line is refused, when there is no plan, or when git cannot say what main is"() {
    for (command in ['release set', 'plan-release', 'prepare']) {
      PromoteTest other = new PromoteTest()
      other.broken(command)
      assert other.pipeline.failureOf('promote').message == "$command said no"
      assert !other.scripts.any { it in ['push-release', 'deploy-release', 'take-back-release'] }
    }
  }

  @Test
  void "ends well where the version runs already"() {
    line(false)
    plan('nothing', [])
    pipeline.pipeline('promote')
    assert pipeline.order == ['Checkout', 'Plan']
    assert pipeline.taken('echo')*.named*.it == ['staging runs billing 1.4.2 already']
  }

  @Test
  void "commits the line, and no more, where the version runs and main does not say so"() {
    plan('nothing', [])
    pipeline.pipeline('promote')
    assert scripts == ['fresh-main', 'release set', 'plan-release', 'push-release']
  }

  @Test
  void "deploys what main says and the environment does not have, without a commit"() {
    line(false)
    pipeline.pipeline('promote')
    assert pipeline.order == deploys - 'Commit'
  }

  @Test
  void "begins again from fresh main, with a new plan, when somebody pushed in between"() {
    int rejected = 0
    pipeline.commands['push-release'] = { rejected++ < 2 ? 4 : 0 }
    pipeline.pipeline('promote')
    assert scripts == ['fresh-main', 'release set', 'plan-release', 'push-release'] * 3 + ['acceptance', 'deploy-release', 'acceptance']
  }

  @Test
  void "gives up when main changes each time, deploys nothing, and leaves no claim"() {
    pipeline.commands['push-release'] = { 4 }
    assert pipeline.failureOf('promote').message == 'main was changed by others each time the release was to be pushed; start this job again'
    assert scripts.count('push-release') == 5 && scripts.last() == 'take-back-release'
    assert !scripts.contains('deploy-release')
  }

  @Test
  void "makes sure that main claims nothing when the push failed, whose commit may have come through"() {
    pipeline.commands['push-release'] = { 1 }
    assert pipeline.failureOf('promote').message.startsWith('the release could not be pushed to main')
    assert pipeline.order == ['Checkout', 'Plan', 'Commit'] + takesBack
    assert !scripts.contains('deploy-release')
  }

  @Test
  void "takes the version back and settles the release, in a new pod, when the up or the acceptance fails"() {
    int ups = 0
    pipeline.commands['deploy-release'] = { if (ups++ == 0) throw new PipelineRun.StepFailure('rolled back'); null }
    assert pipeline.failureOf('promote').message == 'rolled back'
    assert pipeline.order == deploys.take(4) + takesBack
    assert scripts.takeRight(2) == ['take-back-release', 'deploy-release']
    assert pipeline.taken('node').size() == 2
    PromoteTest other = new PromoteTest()
    other.broken('acceptance.sh after')
    assert other.pipeline.failureOf('promote').message == 'acceptance.sh after said no'
    assert other.pipeline.order == deploys + takesBack
    assert other.scripts.takeRight(2) == ['take-back-release', 'deploy-release']
  }

  @Test
  void "takes the version back when its pod goes, or somebody ends the build, while it deploys"() {
    for (end in [new PipelineRun.NodeLost(), new ServicePipelineTest.FlowInterruptedException()]) {
      PromoteTest other = new PromoteTest()
      int ups = 0
      other.pipeline.commands['deploy-release'] = { if (ups++ == 0) throw end; null }
      assert other.pipeline.failureOf('promote').is(end)
      assert other.scripts.takeRight(2) == ['take-back-release', 'deploy-release']
    }
  }

  @Test
  void "leaves alone what somebody put there since: another version by now is neither changed nor deployed"() {
    broken('acceptance.sh after')
    pipeline.commands['take-back-release'] = { 4 }
    pipeline.failureOf('promote')
    assert scripts.count('deploy-release') == 1
  }

  @Test
  void "fails for its first reason when the version cannot be taken back, and tells Slack both"() {
    broken('acceptance.sh after')
    pipeline.commands['take-back-release'] = { 1 }
    assert pipeline.failureOf('promote').message == 'acceptance.sh after said no'
    List<String> told = slack.findAll { it.replyBroadcast }*.message
    assert told.size() == 2
    assert told[0].contains('Acceptance failed') && told[1].contains('main may still say that staging runs 1.4.2')
  }

  @Test
  void "takes the version back where the services could not be asked before, and settles nothing that was not touched"() {
    broken('acceptance.sh before')
    assert pipeline.failureOf('promote').message == 'acceptance.sh before said no'
    assert scripts.last() == 'take-back-release' && !scripts.contains('deploy-release')
  }

  @Test
  void "refuses production unless main says exactly that version of that service, and writes nothing"() {
    for (versions in [[billing: '1.4.1'], [:], [authentication: '1.4.2'], [billing: '1.4.20']]) {
      PromoteTest other = new PromoteTest()
      other.parameters(TARGET: 'production')
      other.production(versions)
      String message = other.pipeline.failureOf('promote').message
      assert message.startsWith("catalog/releases/production.yaml of main has ${versions.billing ? "billing ${versions.billing}" : 'no billing'}, and not 1.4.2")
      assert message.endsWith('only what a merged pull request says: the job platform/propose opens one')
      assert other.scripts == ['fresh-main', 'release status']
    }
  }

  @Test
  void "deploys to production what is merged, without writing a line, and takes it back when it fails"() {
    parameters(TARGET: 'production', BUILD: '')
    pipeline.pipeline('promote')
    assert scripts == ['fresh-main', 'release status', 'plan-release', 'acceptance', 'deploy-release', 'acceptance']
    for (command in ['plan-release', 'acceptance.sh before', 'deploy-release', 'acceptance.sh after']) {
      PromoteTest other = new PromoteTest()
      other.parameters(TARGET: 'production')
      other.broken(command)
      other.pipeline.failureOf('promote')
      assert other.scripts.contains('take-back-release')
      assert !other.scripts.any { it in ['push-release', 'release set'] }
    }
  }

  @Test
  void "does nothing for a job that may not ask, takes no pod and no lock, and tells Slack"() {
    for (job in ['services/billing/faster', 'services/billing/PR-3', 'platform/preview']) {
      PromoteTest other = new PromoteTest()
      other.startedBy(job, 12)
      assert other.pipeline.failureOf('promote').message.startsWith("$job may not bring billing to staging")
      assert other.pipeline.taken('node') == [] && other.pipeline.taken('lock') == []
      assert other.slack*.color.contains('danger')
    }
    parameters(TARGET: 'production')
    startedByPerson()
    assert pipeline.failureOf('promote').message.startsWith('somebody may not deploy to production')
    assert pipeline.taken('node') == []
  }

  @Test
  void "writes nothing for the job of another repository than the service's"() {
    startedBy('services/webhooks/main', 12)
    parameters(BUILD: 'services/webhooks/main #12')
    assert pipeline.failureOf('promote').message.startsWith('services/webhooks/main may not bring billing to staging')
    assert scripts == []
    assert slack*.message.any { it.contains('Plan failed') }
  }

  @Test
  void "refuses parameters that are wrong before anything starts, all at once"() {
    parameters(SERVICE: '--stack', VERSION: '', TARGET: 'ci', BUILD: ' ')
    assert pipeline.failureOf('promote').message.readLines() == [
      'SERVICE is "--stack"; it must be letters, digits, dots and dashes, starting with a letter or digit',
      'VERSION is ""; it must be letters, digits, dots and dashes, starting with a letter or digit',
      'TARGET is "ci"; it must be staging or production',
    ]
    assert pipeline.steps*.name == ['error']
    PromoteTest other = new PromoteTest()
    other.parameters(BUILD: ' ')
    assert other.pipeline.failureOf('promote').message.startsWith('BUILD is empty')
  }

  @Test
  void "tells Slack each step below one message"() {
    pipeline.pipeline('promote')
    String link = '<https://jenkins.example.test/job/3/|platform/promote #3>'
    assert slack*.message == ["billing 1.4.2 to staging: $link runs" as String] + deploys.collect { "$it: passed" as String } + ["billing 1.4.2 to staging: $link passed" as String]
    assert slack.drop(1).dropRight(1)*.channel.toSet() == ['C1:17.1'] as Set
  }

  @Test
  void "passes, and takes back, whatever Slack does"() {
    for (mood in [{ args, body -> throw new NoClassDefFoundError('slack') }, { args, body -> null }]) {
      PromoteTest other = new PromoteTest()
      other.pipeline.answers['slackSend'] = mood
      other.pipeline.pipeline('promote')
      assert other.pipeline.order == deploys
      PromoteTest failing = new PromoteTest()
      failing.pipeline.answers['slackSend'] = mood
      failing.broken('acceptance.sh after')
      assert failing.pipeline.failureOf('promote').message == 'acceptance.sh after said no'
      assert failing.scripts.contains('take-back-release')
    }
  }

  @Test
  void "has an hour in a pod, and waits for its turn as long as it takes"() {
    pipeline.pipeline('promote')
    assert pipeline.taken('timeout')*.named == [[time: 60, unit: 'MINUTES']]
    assert pipeline.taken('timeout')*.lock == ['platform-staging']
  }

  private void made() {
    parameters(VERSION: '1.4.57-main.12.g1a2b3c4')
    pipeline.commands['address.sh'] = { 'https://api.staging.acme.example\n' }
  }

  @Test
  void "asks the product by the tests of the commit that the version was made of, where builds run and with no right in staging"() {
    made()
    pipeline.pipeline('promote')
    assert pipeline.order == deploys + ['Acceptance tests']
    assert pipeline.taken('node')*.args == [['deploy-staging'], ['service-build']]
    assert pipeline.taken('checkout').last().args[0].scm.userRemoteConfigs == [[url: 'https://github.com/acme/billing', credentialsId: 'github-reader']]
    List steps = pipeline.taken('sh').findAll { it.node == 'service-build' }
    assert steps*.container.toSet() == ['build'] as Set && steps*.lock.toSet() == ['platform-staging'] as Set
    assert steps.last().named.it == 'make acceptance'
    assert steps*.variables.every { it == ['COMMIT=1a2b3c4', 'URL=https://api.staging.acme.example', 'TARGETS=acceptance'] }
  }

  @Test
  void "takes a version back that the product's tests do not accept"() {
    made()
    broken('make acceptance')
    assert pipeline.failureOf('promote').message == 'make acceptance said no'
    assert pipeline.order == deploys + ['Acceptance tests'] + takesBack
    assert scripts.takeRight(2) == ['take-back-release', 'deploy-release']
  }

  @Test
  void "asks nothing more of a service without such tests, or whose version no pipeline made, and never of production"() {
    made()
    pipeline.commands['print-data-base'] = { 'acceptance\n' }
    pipeline.pipeline('promote')
    assert pipeline.makes == []
    for (Map one in [[VERSION: '1.4.2'], [TARGET: 'production']]) {
      PipelineRun other = new PromoteTest().with { it.made(); it.parameters(one); it.pipeline.pipeline('promote'); it.pipeline }
      assert !other.taken('node')*.args.contains(['service-build'])
    }
  }
}
