import org.junit.Test

class ProposeTest {
  private final PipelineRun pipeline = new PipelineRun()

  ProposeTest() {
    pipeline.params.SERVICE = 'billing'
    pipeline.currentBuild.getBuildCauses = { String type -> type == 'hudson.model.Cause$UserIdCause' ? [[userId: 'mia']] : [] }
    pipeline.commands['propose.sh'] = { 'https://github.com/acme/infrastructure/pull/7\n' }
  }

  @Test
  void "opens the pull request for who asked, and says where it is"() {
    pipeline.pipeline('propose')
    def asked = pipeline.taken('sh').find { it.named.script }
    assert asked.variables == ['SERVICE=billing', 'BY=mia'] && asked.container == 'deploy'
    assert pipeline.taken('slackSend')*.named*.message.contains('https://github.com/acme/infrastructure/pull/7')
  }

  @Test
  void "says so where there is nothing to propose"() {
    pipeline.commands['propose.sh'] = { '' }
    pipeline.pipeline('propose')
    assert pipeline.taken('echo')*.named*.it == ['production has billing as staging has it already']
  }

  @Test
  void "needs no right in production, and deploys nothing"() {
    pipeline.pipeline('propose')
    assert pipeline.taken('node')*.args == [['deploy-staging']]
    assert pipeline.taken('build') == [] && pipeline.taken('lock') == []
  }

  @Test
  void "refuses what is no name of a service before it takes a pod"() {
    for (name in ['', null, '--all', 'a b']) {
      PipelineRun other = new ProposeTest().with { it.pipeline.params.SERVICE = name; it.pipeline }
      assert other.failureOf('propose').message.contains('it must be a service of catalog/services')
      assert other.taken('node') == []
    }
  }
}
