import com.cloudbees.groovy.cps.Continuable
import com.cloudbees.groovy.cps.CpsTransformer
import com.cloudbees.groovy.cps.Outcome
import com.cloudbees.groovy.cps.impl.CpsCallableInvocation
import groovy.json.JsonSlurperClassic
import org.codehaus.groovy.control.CompilerConfiguration
import org.codehaus.groovy.runtime.InvokerHelper

import static org.junit.Assert.fail

/**
 * Runs a script of `vars` by the interpreter of Jenkins, and writes down the steps that it takes. `vars` and `src` are
 * both transformed, as in Jenkins; only the steps are ours.
 */
class PipelineRun {
  /** A step that was taken, and where. */
  static class Step {
    String name
    List args
    List<String> variables
    String container
    String node
    String lock

    /** The arguments by name; the only one without a name is `it`. */
    Map getNamed() { return args && args[0] instanceof Map ? args[0] : [it: args ? args[0] : null] }
  }

  static class StepFailure extends RuntimeException {
    StepFailure(String message) { super(message) }
  }

  /** The node went away: what `kubernetesAgent()` and `nonresumable()` recognise. */
  static class NodeLost extends RuntimeException {
    NodeLost() { super('the node was taken away') }
  }

  static final File library = new File(System.getProperty('library', '.'))

  final List<Step> steps = []
  final Map<String, String> env = [
    JOB_NAME: 'services/billing/main',
    BUILD_NUMBER: '12',
    BUILD_URL: 'https://jenkins.example.test/job/12/',
    BRANCH_NAME: 'main',
  ]
  /** What a step answers, or does; by its name. */
  final Map<String, Closure> answers = [:]
  /** What `sh` does, by a part of its script. */
  final Map<String, Closure> commands = [
    'git rev-list': { 'false 57 1a2b3c4d5e6f708192a3b4c5d6e7f80910213243\n' },
    'print-data-base': { '' },
    'curl': { '[]' },
  ]
  final Map<String, String> files = [VERSION: '1.4\n']
  /** Parameters of the job. */
  final Map<String, String> params = [:]
  /** What Jenkins knows of this build and those before. */
  final Map currentBuild = [:]

  private final List<String> variables = []
  private final List<String> containers = []
  private final List<String> nodes = []
  private final List<String> locks = []
  private final Binding binding = new Binding()

  /** Compiling takes most of the time, so it is done once. */
  private static final GroovyClassLoader loader = new GroovyClassLoader(PipelineRun.classLoader, configuration())
  private static final Map<String, Class> scripts = new File(library, 'vars').listFiles()
    .findAll { it.name.endsWith('.groovy') }.collectEntries { [it.name - '.groovy', loader.parseClass(it)] }

  private static CompilerConfiguration configuration() {
    CompilerConfiguration configuration = new CompilerConfiguration()
    configuration.addCompilationCustomizers(new CpsTransformer())
    configuration.scriptBaseClass = LibraryScript.name
    configuration.classpathList = [new File(library, 'src').path]
    return configuration
  }

  PipelineRun() {
    binding.setVariable('pipelineRun', this)
    binding.setVariable('env', env)
    binding.setVariable('scm', 'scm')
    binding.setVariable('params', params)
    binding.setVariable('currentBuild', currentBuild)
    scripts.each { name, type -> binding.setVariable(name, InvokerHelper.createScript(type, binding)) }
  }

  /** Calls `NAME(args)`, or `NAME.method(args)`; gives what it returns. */
  Object call(String name, List args, String method = 'call') {
    return interpret { invoke(binding.getVariable(name) as Script, method, args) }
  }

  /** As a Jenkinsfile is: a script of its own. */
  Object jenkinsfile(String text) {
    return interpret { InvokerHelper.createScript(loader.parseClass(text), binding).run() }
  }

  /** As Jenkins runs a pipeline of the platform. */
  Object pipeline(String name) {
    Class type = pipelines.get(name)
    if (type == null) {
      String text = new File(library, "pipelines/${name}.Jenkinsfile").text
      assert text.startsWith("@Library('platform') _\n")
      type = loader.parseClass(text - "@Library('platform') _")
      pipelines.put(name, type)
    }
    return interpret { InvokerHelper.createScript(type, binding).run() }
  }

  private static final Map<String, Class> pipelines = [:]

  /** As `pipeline`, of what has to fail; gives the failure. */
  Throwable failureOf(String name) {
    try {
      pipeline(name)
    } catch (Throwable failure) {
      return failure
    }
    fail("the pipeline ${name} passed")
  }

  /** As `call`, of what has to fail; gives the failure. */
  Throwable failure(Map args) {
    try {
      call('servicePipeline', [args])
    } catch (Throwable failure) {
      return failure
    }
    fail('the pipeline passed')
  }

  Class type(String name) { return loader.loadClass(name) }

  List<Step> taken(String name) { return steps.findAll { it.name == name } }

  /** What was run by `sh`. */
  List<Step> getMakes() { return taken('sh').findAll { (it.named.it as String)?.startsWith('make ') } }

  /** The names of stages, and the jobs that were called, in their order. */
  List<String> getOrder() {
    return steps.findAll { it.name in ['stage', 'build'] }.collect { it.name == 'stage' ? it.args[0] as String : it.named.job }
  }

  Object step(String name, List given) {
    if (binding.hasVariable(name) && binding.getVariable(name) instanceof Script) {
      return invoke(binding.getVariable(name) as Script, 'call', given)
    }
    Closure body = given && given.last() instanceof Closure ? given.last() as Closure : null
    List args = body ? given.init() : given
    steps << new Step(name: name, args: args, variables: [*variables], container: containers ? containers.last() : null,
      node: nodes ? nodes.last() : null, lock: locks ? locks.last() : null)
    if (answers[name]) return answers[name].call(args, body)
    if (body) return around(name, args, body)
    Map named = steps.last().named
    switch (name) {
      case 'error': throw new StepFailure(named.it as String)
      case 'sh':
        Object said = command((named.script ?: named.it) as String)
        return said == null && named.returnStatus ? 0 : said
      case 'readJSON': return new JsonSlurperClassic().parseText(named.text as String)
      case 'libraryResource': return new File(library, "resources/${named.it}").text
      case 'fileExists': return files.containsKey(named.it)
      case 'readFile': return files[named.it as String]
      case 'junit': return [failCount: 0, totalCount: 3]
      case 'slackSend': return [threadId: 'C1:17.1', channelId: 'C1', ts: '17.1']
      case ['echo', 'checkout', 'milestone', 'properties', 'build', 'writeFile']: return null
      case ['string', 'usernamePassword', 'buildDiscarder', 'logRotator', 'disableConcurrentBuilds', 'kubernetesAgent', 'nonresumable']:
        return named + [step: name]
    }
    throw new MissingMethodException(name, LibraryScript, given as Object[])
  }

  /** Past `invokeMethod`, which takes everything for a step. */
  private static Object invoke(Script script, String method, List args) {
    return script.metaClass.invokeMethod(script, method, args as Object[])
  }

  private Object around(String name, List args, Closure body) {
    switch (name) {
      case 'stage': case 'timestamps': case 'timeout': case 'withCredentials': return interpret(body)
      case 'withEnv': return within(variables, args[0] as List, body)
      case 'container': return within(containers, args, body)
      case 'node': return within(nodes, args, body)
      case 'lock': return within(locks, args, body)
      case 'retry':
        for (int left = args[0].count - 1; ; left--) {
          try {
            return interpret(body)
          } catch (NodeLost lost) {
            if (left == 0) throw lost
          }
        }
    }
    throw new MissingMethodException(name, LibraryScript, [*args, body] as Object[])
  }

  private Object within(List<String> list, List entries, Closure body) {
    int before = list.size()
    list.addAll(entries.collect { it as String })
    try {
      return interpret(body)
    } finally {
      while (list.size() > before) list.remove(list.size() - 1)
    }
  }

  private Object command(String script) {
    Closure found = commands.find { script.contains(it.key) }?.value
    return found ? found.call() : null
  }

  /** Transformed code does not run when it is called, it says what to run. */
  private static Object interpret(Closure code) {
    try {
      return code.call()
    } catch (CpsCallableInvocation invocation) {
      return new Continuable(invocation.asBlock()).run0(new Outcome(null, null), Continuable.categories).replay()
    }
  }
}
