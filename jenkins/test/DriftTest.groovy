import org.junit.Test

class DriftTest {
  private static final List<String> stacks = ['ci', 'popups', 'staging', 'production']

  private final PipelineRun pipeline = new PipelineRun()

  /** What the comparison of a stack ends with; 0 for the others. */
  private void ends(Map<String, Integer> statuses) {
    pipeline.commands['pulumi preview'] = {
      String stack = pipeline.taken('sh').last().variables.find { it.startsWith('STACK=') } - 'STACK='
      statuses.get(stack, 0)
    }
  }

  @Test
  void "looks at the world, and expects nothing to change"() {
    pipeline.pipeline('drift')
    List commands = pipeline.taken('sh')*.named*.script.findAll()
    assert commands.toSet() == ['pulumi preview --stack "$STACK" --non-interactive --refresh --expect-no-changes'] as Set
  }

  private List<String> getCompared() { return pipeline.taken('sh').findAll { it.named.script }*.variables.flatten() }

  @Test
  void "compares every environment that stays with its program, as an account that can change nothing"() {
    pipeline.pipeline('drift')
    assert compared == stacks.collect { "STACK=$it" as String }
    assert pipeline.taken('node')*.args == [['deploy-preview']] * 4
    String text = new File(PipelineRun.library, '../config/stacks.ts').text
    assert text.contains("longLivedStacks = [${stacks.collect { "\"$it\"" }.join(', ')}]")
  }

  @Test
  void "fails and tells Slack which differ, and which could not be compared, after it has looked at all"() {
    ends(popups: 7, production: 1)
    assert pipeline.failureOf('drift').message.startsWith('not as their programs say, or not to be compared: popups, production;')
    assert compared.size() == 4
    List told = pipeline.taken('slackSend')*.named.findAll { it.replyBroadcast }*.message
    assert told.size() == 2
    assert told[0].endsWith('popups is not as its program says; the log lists what differs')
    assert told[1].endsWith('production could not be compared with its program; the log says why')
  }

  @Test
  void "goes on with the next environment when a pod is lost, or does not get ready"() {
    int pods = 0
    pipeline.commands['prepare.sh'] = { if (pods++ == 1) throw new PipelineRun.NodeLost(); null }
    assert pipeline.failureOf('drift').message.contains('compared: popups;')
    assert compared == ['STACK=ci', 'STACK=staging', 'STACK=production']
  }

  @Test
  void "ends at once when somebody ends it"() {
    pipeline.commands['pulumi preview'] = { throw new ServicePipelineTest.FlowInterruptedException() }
    assert pipeline.failureOf('drift') instanceof ServicePipelineTest.FlowInterruptedException
    assert compared == ['STACK=ci']
  }
}
