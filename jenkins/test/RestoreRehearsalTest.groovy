import org.junit.Test

class RestoreRehearsalTest {
  private final PipelineRun pipeline = new PipelineRun()

  private List<String> getCommands() { return pipeline.taken('sh')*.named*.script.findAll() }

  /** `restore staging`, in their order. */
  private List<String> getDone() {
    return pipeline.taken('sh').findAll { it.named.script }
      .collect { "${it.named.label} ${it.variables.find { name -> name.startsWith('STACK=') } - 'STACK='}" as String }
  }

  /** What a restore of a stack ends with; 0 for the others. */
  private void ends(Map<String, Object> endings) {
    pipeline.commands['rehearse restore'] = {
      Object ending = endings.get(pipeline.taken('sh').last().variables.find { it.startsWith('STACK=') } - 'STACK=', 0)
      if (ending instanceof Throwable) throw ending
      ending
    }
  }

  private List<String> getTold() { return pipeline.taken('slackSend')*.named.findAll { it.replyBroadcast }*.message }

  @Test
  void "restores what staging and production have, in pods that may do nothing else, and ends the command in time"() {
    pipeline.pipeline('restore-rehearsal')
    assert done == ['restore staging', 'restore production']
    assert commands.toSet() == ['./platform rehearse restore "$STACK" --deadline 150'] as Set
    assert pipeline.taken('node')*.args == [['deploy-rehearsal']] * 2
    assert pipeline.taken('timeout')*.named*.time == [225] * 2
    assert told == []
  }

  @Test
  void "rehearses every environment that says who may"() {
    List stacks = new File(PipelineRun.library, '..').listFiles()
      .findAll { it.name ==~ /Pulumi\..+\.yaml/ && it.text.contains('platform:rehearser:') }
      .collect { (it.name - 'Pulumi.' - '.yaml') as String }
    pipeline.pipeline('restore-rehearsal')
    assert done.toSet() == stacks.collect { "restore $it" as String }.toSet()
  }

  @Test
  void "fails and tells Slack whose backup is not proven, after it has rehearsed the others"() {
    ends(staging: 1)
    assert pipeline.failureOf('restore-rehearsal').message.startsWith('no proof that backups can be restored: staging;')
    assert done == ['restore staging', 'clean staging', 'restore production']
    assert told.size() == 1
    assert told[0].endsWith('it is not proven that the newest backup of staging can be restored; the log says why')
  }

  @Test
  void "deletes in another pod what a lost one made, however young, and goes on"() {
    ends(staging: new PipelineRun.NodeLost())
    assert pipeline.failureOf('restore-rehearsal').message.contains('restored: staging;')
    assert done == ['restore staging', 'clean staging', 'restore production']
    assert commands[1] == './platform rehearse clean "$STACK" --older-than 0'
    assert pipeline.taken('node').size() == 3
  }

  @Test
  void "deletes what it made also when somebody ends it, and rehearses nothing more"() {
    ends(staging: new ServicePipelineTest.FlowInterruptedException())
    assert pipeline.failureOf('restore-rehearsal') instanceof ServicePipelineTest.FlowInterruptedException
    assert done == ['restore staging', 'clean staging']
  }

  @Test
  void "tells of what is left where that cannot be deleted either"() {
    ends(production: 1)
    pipeline.commands['rehearse clean'] = { 1 }
    assert pipeline.failureOf('restore-rehearsal').message.contains('restored: production;')
    assert told.size() == 1
    assert told[0].endsWith('a rehearsal of production left an instance that costs money; the log says which')
  }
}
