import groovy.json.JsonOutput
import groovy.json.JsonSlurperClassic
import org.junit.Test

/**
 * One build of a service with steps that really do what they say, and the deployment that it asks for; what was done is
 * written down for test/full/golden-run.test.ts, which starts it by its name. `make library` does not: Maven looks for
 * classes whose names end in Test.
 *
 * The file of the system property `golden` says where everything is: see Golden in that test.
 */
class GoldenRun {
  private final Map golden = new JsonSlurperClassic().parse(new File(System.getProperty('golden'))) as Map
  private final File folder = new File(golden.folder as String)
  private final List<Map> jobs = []

  @Test
  void "builds the service and does what its build asks for"() {
    try {
      job(golden.job as Map) { PipelineRun pipeline ->
        pipeline.jenkinsfile(new File(golden.jenkinsfile as String).text - "@Library('platform') _")
      }
    } finally {
      new File(folder, 'done.json').text = JsonOutput.toJson(jobs)
    }
  }

  /** Runs a job of Jenkins to its end, and gives what it failed with. */
  private Throwable job(Map variables, Map parameters = [:], List causes = [], Closure script) {
    PipelineRun pipeline = new PipelineRun()
    pipeline.env.clear()
    pipeline.env.putAll(variables)
    pipeline.params.putAll(parameters)
    pipeline.currentBuild.getBuildCauses = { -> causes }
    RealSteps steps = new RealSteps(pipeline, golden.pods as Map, new File(folder, "job-${jobs.size()}"))
    Map done = [name: variables.JOB_NAME, parameters: parameters, steps: steps.done]
    String thread = "thread-${jobs.size()}"
    jobs << done
    pipeline.answers.slackSend = { List args, body ->
      steps.note(args[0].subMap(['message', 'color', 'channel', 'timestamp', 'replyBroadcast']).findAll { it.value != null })
      return [threadId: thread, channelId: 'channel', ts: thread]
    }
    pipeline.answers.build = { List args, body ->
      steps.note(job: args[0].job)
      Map given = args[0].parameters.collectEntries { [it.name, it.value] }
      Map cause = [
        _class: 'org.jenkinsci.plugins.workflow.support.steps.build.BuildUpstreamCause',
        upstreamProject: variables.JOB_NAME,
        upstreamBuild: variables.BUILD_NUMBER as int,
      ]
      Throwable failure = job(golden.jobs[args[0].job] as Map, given, [cause]) { PipelineRun other -> other.pipeline((args[0].job as String).tokenize('/').last()) }
      if (failure) throw new PipelineRun.StepFailure("${args[0].job} completed with status FAILURE (propagate: false to ignore)")
      return null
    }
    try {
      script(pipeline)
    } catch (Throwable failure) {
      done.failure = failure.message ?: failure.toString()
      return failure
    } finally {
      done.order = pipeline.order
    }
    return null
  }
}
