import groovy.json.JsonOutput
import org.junit.Test

class MergedTest {
  private static final String older = 'a' * 40
  private static final String newest = 'b' * 40

  private final PipelineRun pipeline = new PipelineRun()

  MergedTest() {
    pipeline.env.putAll(JOB_NAME: 'platform/merged', BUILD_NUMBER: '9')
    pipeline.commands['rev-parse HEAD'] = { "$newest\n" as String }
    handled("production as of $older")
    refused([:])
    changed([service: 'billing', from: '1.4.1', to: '1.4.2'])
  }

  private void handled(String description) { pipeline.currentBuild.previousSuccessfulBuild = [description: description] }

  private void changed(Map... changes) { pipeline.commands['release changes'] = { JsonOutput.toJson([changes: changes as List]) } }

  private void refused(Map reasons) { pipeline.commands['merged-releases'] = { JsonOutput.toJson(reasons) } }

  private List getAsked() { return pipeline.taken('build')*.named*.parameters*.collectEntries { [it.name, it.value] } }

  @Test
  void "asks promote for each version that a merge has put into production's line, in the order of the file"() {
    changed([service: 'webhooks', from: null, to: '0.8.0'], [service: 'billing', from: '1.4.1', to: '1.4.2'])
    pipeline.pipeline('merged')
    assert pipeline.taken('build')*.named*.job == ['platform/promote'] * 2
    assert asked == [
      [SERVICE: 'webhooks', VERSION: '0.8.0', TARGET: 'production', BUILD: 'platform/merged #9'],
      [SERVICE: 'billing', VERSION: '1.4.2', TARGET: 'production', BUILD: 'platform/merged #9'],
    ]
  }

  @Test
  void "compares with the commit that the last build that ended well has handled"() {
    pipeline.pipeline('merged')
    for (part in ['release changes', 'merged-releases']) {
      assert pipeline.taken('sh').find { "${it.named.script}".contains(part) }.variables[0] == "SINCE=$older" as String
    }
    assert pipeline.currentBuild.description == "production as of $newest"
  }

  @Test
  void "deploys nothing the first time, says so, and begins from there"() {
    for (description in [null, '', 'somebody wrote this', "$older and $newest"]) {
      MergedTest other = new MergedTest()
      other.handled(description)
      other.pipeline.pipeline('merged')
      assert other.asked == []
      assert other.pipeline.taken('echo')*.named*.it == ["nothing was handled before, so nothing is deployed; what production's line says from $newest on will be"]
      assert other.pipeline.currentBuild.description == "production as of $newest"
    }
    MergedTest first = new MergedTest()
    first.pipeline.currentBuild.previousSuccessfulBuild = null
    first.pipeline.pipeline('merged')
    assert first.asked == []
  }

  @Test
  void "is quiet in Slack where a push was about something else"() {
    changed()
    pipeline.pipeline('merged')
    assert asked == []
    assert pipeline.taken('slackSend') == []
  }

  @Test
  void "stops at the first that fails and fails itself, so that the next build looks at all of them again"() {
    changed([service: 'billing', from: '1', to: '2'], [service: 'webhooks', from: '1', to: '2'])
    pipeline.answers['build'] = { args, body -> throw new PipelineRun.StepFailure('platform/promote #3 failed') }
    assert pipeline.failureOf('merged').message == 'platform/promote #3 failed'
    assert asked*.SERVICE == ['billing']
    assert pipeline.taken('slackSend')*.named*.message.any { it.contains('billing 2 failed') }
  }

  @Test
  void "deploys nothing that nobody has approved, tells Slack why, and fails so that it is looked at again"() {
    refused(billing: 'billing 1.4.2 is not deployed, for nobody has approved it: abc came to main without a pull request')
    String message = pipeline.failureOf('merged').message
    assert message.startsWith('not deployed: billing; let somebody who may write here approve the pull request')
    assert message.endsWith('propose it by the job platform/propose')
    assert asked == []
    assert pipeline.taken('slackSend')*.named.any { it.replyBroadcast && it.message.contains('came to main without a pull request') }
  }

  @Test
  void "deploys what is approved beside what is not"() {
    changed([service: 'billing', from: '1', to: '2'], [service: 'webhooks', from: '1', to: '2'], [service: 'routing', from: '1', to: null])
    refused(billing: 'nobody has approved it')
    assert pipeline.failureOf('merged').message.startsWith('not deployed: billing;')
    assert asked*.SERVICE == ['webhooks']
  }

  @Test
  void "asks who approved each version, with a token that nothing else has"() {
    changed([service: 'webhooks', from: null, to: '0.8.0'], [service: 'routing', from: '1', to: null], [service: 'billing', from: '1.4.1', to: '1.4.2'])
    pipeline.pipeline('merged')
    assert pipeline.taken('sh').find { "${it.named.script}".contains('merged-releases') }.variables == ["SINCE=$older", 'RELEASES=webhooks=0.8.0 billing=1.4.2']*.toString()
    assert pipeline.taken('withCredentials').size() == 1
    MergedTest gone = new MergedTest()
    gone.changed([service: 'routing', from: '1', to: null])
    gone.pipeline.pipeline('merged')
    assert gone.pipeline.taken('withCredentials') == []
  }

  @Test
  void "tells Slack when it cannot look, and fails: what was merged may not be deployed"() {
    for (command in ['install.sh', 'rev-parse HEAD', 'release changes', 'merged-releases']) {
      MergedTest other = new MergedTest()
      other.pipeline.commands[command] = { throw new PipelineRun.StepFailure("$command said no") }
      assert other.pipeline.failureOf('merged').message == "$command said no"
      assert other.asked == []
      assert other.pipeline.currentBuild.description == null
      assert other.pipeline.taken('slackSend')*.named*.message.any { it.contains('What was merged failed') && it.contains("$command said no") }
    }
  }

  @Test
  void "leaves what went out of the line to a reviewed up, and says so"() {
    changed([service: 'billing', from: '1.4.1', to: null])
    pipeline.pipeline('merged')
    assert asked == []
    assert pipeline.taken('echo')*.named*.it == ["billing is no more in production's line: a reviewed up takes it out, this job does not"]
  }

  @Test
  void "looks by an account that can change nothing, and holds no pod while others deploy"() {
    pipeline.pipeline('merged')
    assert pipeline.taken('node')*.args == [['deploy-preview']]
    assert pipeline.taken('build')*.node == [null]
    assert pipeline.taken('sh')*.container.toSet() == ['deploy'] as Set
  }
}
