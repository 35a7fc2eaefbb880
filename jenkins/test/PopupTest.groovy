import org.junit.Test

class PopupTest {
  private static final String made = 'services/billing/PR-57 #3'

  private final PipelineRun pipeline = new PipelineRun()

  PopupTest() {
    pipeline.commands['popup.sh'] = { 'popup-billing-57 is up\n' }
  }

  private void asks(Map parameters, List causes) {
    pipeline.params.putAll(parameters)
    pipeline.currentBuild.getBuildCauses = { String type = null -> type == null ? causes : causes.findAll { it._class == type } }
  }

  private void pullRequest(Map changes = [:], String job = 'services/billing/PR-57', int number = 3) {
    asks(
      [SERVICE: 'billing', VERSION: '1.5.0-pr.57.g1', PULL_REQUEST: '57', BUILD: made, DO: 'up', FROM: 'staging', TTL: '8h'] + changes,
      [[_class: 'org.jenkinsci.plugins.workflow.support.steps.build.BuildUpstreamCause', upstreamProject: job, upstreamBuild: number]],
    )
  }

  private void person(Map changes = [:]) {
    asks([DO: 'up', NAME: 'search-42', FROM: 'production', VERSIONS: 'billing=1.5.0 routing=1.9.1', TTL: '2d'] + changes, [
      [_class: 'hudson.model.Cause$UserIdCause', userId: 'mia'],
    ])
  }

  private List<String> getVariables() { return pipeline.taken('sh').find { it.named.script }.variables }

  @Test
  void "is made for the pull request whose build asks, with the version that it made, for a day"() {
    pullRequest()
    pipeline.pipeline('popup')
    assert variables == ['DO=up', 'NAME=', 'FOR=billing/57', 'FROM=staging', 'VERSIONS=billing=1.5.0-pr.57.g1', 'TTL=1d', "OWNER=$made" as String]
    assert pipeline.taken('slackSend')*.named*.message.contains('popup-billing-57 is up')
  }

  @Test
  void "is made for who asks, as asked"() {
    person()
    pipeline.pipeline('popup')
    assert variables == ['DO=up', 'NAME=search-42', 'FOR=', 'FROM=production', 'VERSIONS=billing=1.5.0 routing=1.9.1', 'TTL=2d', 'OWNER=mia']
  }

  @Test
  void "has a pod that may change the project of pop-ups alone, and its name to itself"() {
    person()
    pipeline.pipeline('popup')
    assert pipeline.taken('node')*.args == [['deploy-popups']]
    assert pipeline.taken('lock')*.args == [['platform-popup-search-42']]
  }

  @Test
  void "is refused to any build but the one of the pull request"() {
    for (other in [
      { it.pullRequest([:], 'services/billing/main', 3) },
      { it.pullRequest([:], 'services/billing/PR-58', 3) },
      { it.pullRequest([:], 'services/billing/PR-57', 4) },
      { it.pullRequest([:], 'platform/merged', 3) },
    ]) {
      PopupTest test = new PopupTest()
      other(test)
      assert test.pipeline.failureOf('popup').message.contains('is not "services/billing/PR-57 #3", the build of pull request 57')
      assert test.pipeline.taken('node') == []
    }
  }

  @Test
  void "is not named by a pipeline"() {
    asks([DO: 'down', NAME: 'search-42', FROM: 'staging', TTL: '8h'], [
      [_class: 'hudson.model.Cause$UpstreamCause', upstreamProject: 'services/billing/main', upstreamBuild: 1],
    ])
    assert pipeline.failureOf('popup').message.contains('only people name a pop-up')
  }

  @Test
  void "is refused with all that is wrong before it takes a pod"() {
    person(NAME: '--all', VERSIONS: 'billing=$(id)', TTL: 'long', FROM: 'ci', DO: 'reap')
    String message = pipeline.failureOf('popup').message
    for (name in ['NAME', 'VERSIONS', 'TTL', 'FROM', 'DO']) assert message.contains("${name} is \"")
    assert pipeline.taken('node') == []
  }
}
