import org.junit.Test

class PreviewTest {
  private final PipelineRun pipeline = new PipelineRun()

  PreviewTest() {
    pipeline.params.PULL_REQUEST = '57'
    pipeline.commands['approved-commit'] = { "${'c' * 40}\n" as String }
  }

  private List<String> getPreviewed() {
    return pipeline.taken('sh').findAll { "${it.named.script}".startsWith('pulumi') }*.variables.flatten()
  }

  @Test
  void "previews every environment with the approved commit, and only reads"() {
    pipeline.pipeline('preview')
    assert pipeline.taken('node')*.args == [['deploy-preview']]
    assert previewed == ['STACK=ci', 'STACK=popups', 'STACK=staging', 'STACK=production']
    assert pipeline.taken('sh').find { it.named.label == 'check out' }.variables == ["COMMIT=${'c' * 40}" as String]
    assert pipeline.taken('sh').findAll { "${it.named}" =~ /pulumi/ }.every { it.named.script.startsWith('pulumi preview ') }
  }

  @Test
  void "runs nothing of a commit that is not approved"() {
    for (Closure said in [{ throw new PipelineRun.StepFailure('it comes from a fork') }, { '' }, { 'main' }]) {
      PreviewTest other = new PreviewTest()
      other.pipeline.commands['approved-commit'] = said
      other.pipeline.failureOf('preview')
      assert other.previewed == []
      assert !other.pipeline.taken('sh').any { it.named.label == 'check out' }
    }
  }

  @Test
  void "has no token any more when the commit's files run"() {
    pipeline.pipeline('preview')
    List names = pipeline.steps*.name
    assert pipeline.taken('withCredentials').size() == 1
    int asked = pipeline.steps.findIndexOf { "${it.named.script}".contains('approved-commit') }
    assert names.indexOf('withCredentials') < asked && asked < pipeline.steps.findIndexOf { it.named.label == 'check out' }
  }

  @Test
  void "goes on with the other environments when one has no plan, and fails at the end"() {
    pipeline.commands['pulumi preview'] = { if (pipeline.taken('sh').last().variables == ['STACK=popups']) throw new PipelineRun.StepFailure('no plan'); null }
    assert pipeline.failureOf('preview').message.startsWith('no plan of popups;')
    assert previewed.size() == 4
  }

  @Test
  void "refuses what is no number before it takes a pod"() {
    for (given in ['', null, '57; id', '0', '-1']) {
      PreviewTest other = new PreviewTest()
      other.pipeline.params.PULL_REQUEST = given
      assert other.pipeline.failureOf('preview').message.contains('it must be the number of a pull request')
      assert other.pipeline.taken('node') == []
    }
  }
}
