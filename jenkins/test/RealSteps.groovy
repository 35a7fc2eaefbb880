import groovy.io.FileType

/**
 * Steps that do on this machine what they do in a pod: a workspace for each node, a clone for each checkout, a process
 * for each `sh`. Waiting for stores is only written down: their ports are fixed, and may be somebody else's here.
 */
class RealSteps {
  /** What was done, in its order, with where it was done and how it ended. */
  final List<Map> done = []

  private final PipelineRun pipeline
  /** Variables of the container, and the repository of the job, by the label of the node. */
  private final Map pods
  private final File folder

  RealSteps(PipelineRun pipeline, Map pods, File folder) {
    this.pipeline = pipeline
    this.pods = pods
    this.folder = folder
    pipeline.answers.putAll([
      sh: this.&sh,
      checkout: { List args, body -> checkOut() },
      readFile: { List args, body -> new File(workspace, args[0] as String).text },
      writeFile: { List args, body ->
        File file = new File(workspace, args[0].file as String)
        file.parentFile.mkdirs()
        file.text = args[0].text
        note(wrote: args[0].file, text: args[0].text)
      },
      fileExists: { List args, body -> new File(workspace, args[0] as String).exists() },
      junit: { List args, body -> junit(args[0] as Map) },
      echo: { List args, body -> note(said: args[0] as String) },
    ])
  }

  /** Writes down a step that is being taken. */
  Map note(Map about) {
    PipelineRun.Step step = pipeline.steps.last()
    Map noted = [step: step.name, stage: stage, node: step.node, container: step.container, lock: step.lock].findAll { it.value != null } + about
    done << noted
    return noted
  }

  /** The stage that was begun last. */
  private String getStage() { return pipeline.taken('stage')*.args*.first().with { it ? it.last() : null } }

  /** Each node is a new pod, whose workspace is empty. */
  private File getWorkspace() {
    File workspace = new File(folder, "pod-${pipeline.taken('node').size()}/workspace")
    workspace.mkdirs()
    return workspace
  }

  private Map getPod() { return pods[pipeline.steps.last().node] as Map }

  /** As the Git plugin does: a commit, not a branch. */
  private Object checkOut() {
    note(repository: pod.repository)
    Map cloned = run(['sh', '-ec', 'git clone --quiet "$0" . && git checkout --quiet --detach', pod.repository as String])
    if (cloned.status != 0) throw new PipelineRun.StepFailure("the checkout failed: ${cloned.err}")
    return null
  }

  private Object sh(List args, Closure body) {
    Map given = pipeline.steps.last().named
    String script = given.script ?: given.it
    Map noted = note(ran: given.label ?: script)
    if (given.label?.startsWith('wait for ')) return null
    // With -x as in Jenkins, whose log shows each command.
    Map ended = run(['sh', '-xec', script])
    noted.putAll(ended)
    if (given.returnStatus) return ended.status
    if (ended.status != 0) throw new PipelineRun.StepFailure("script returned exit code ${ended.status}")
    return given.returnStdout ? ended.out : null
  }

  private Map run(List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command).directory(workspace)
    Map<String, String> environment = builder.environment()
    environment.clear()
    environment.putAll(variables())
    Process process = builder.start()
    process.outputStream.close()
    StringBuffer out = new StringBuffer()
    StringBuffer err = new StringBuffer()
    process.waitForProcessOutput(out, err)
    return [status: process.exitValue(), out: out.toString(), err: err.toString()]
  }

  /** Of the container, of the build, its parameters, and of `withEnv`, which looks up what looks like a variable. */
  private Map<String, String> variables() {
    File temporary = new File(workspace.parentFile, 'workspace@tmp')
    Map<String, String> all = (pod.variables as Map) + pipeline.params + pipeline.env +
      [WORKSPACE: workspace.path, WORKSPACE_TMP: temporary.path]
    for (String entry in pipeline.steps.last().variables) {
      int at = entry.indexOf('=')
      all[entry.substring(0, at)] = entry.substring(at + 1).replaceAll(/\$(?:(\w+)|\{(\w+)})/) { List<String> found ->
        all[found[1] ?: found[2]] ?: found[0]
      }
    }
    return all.collectEntries { name, value -> [name as String, value as String] }
  }

  /** Counts as the plugin does, which fails where there is nothing to read. */
  private Map junit(Map given) {
    List<File> reports = []
    File place = new File(workspace, (given.testResults as String).tokenize('/').first())
    if (place.exists()) place.eachFileRecurse(FileType.FILES) { if (it.name.endsWith('.xml')) reports << it }
    if (!reports && !given.allowEmptyResults) throw new PipelineRun.StepFailure('No test report files were found. Configuration error?')
    List cases = reports.collectMany { new XmlSlurper().parse(it).depthFirst().findAll { it.name() == 'testcase' } }
    Map counted = [totalCount: cases.size(), failCount: cases.count { it.failure.size() + it.error.size() > 0 }]
    note(counted)
    return counted
  }
}
