import org.junit.Test

class ReapTest {
  private final PipelineRun pipeline = new PipelineRun()

  @Test
  void "removes what has expired, as an account that can touch pop-ups only"() {
    pipeline.commands['popup reap'] = { 0 }
    pipeline.pipeline('reap')
    assert pipeline.taken('node')*.args == [['deploy-popups']]
    assert pipeline.taken('sh')*.named*.script.findAll() == ['./platform popup reap --yes --for 90']
  }

  @Test
  void "fails and tells Slack when something is left, or nobody can tell"() {
    pipeline.commands['popup reap'] = { 1 }
    assert pipeline.failureOf('reap').message.startsWith('not every pop-up that should be gone is gone for certain')
    assert pipeline.taken('slackSend')*.named.findAll { it.replyBroadcast }*.message.any { it.contains('the log says which and why') }
  }
}
