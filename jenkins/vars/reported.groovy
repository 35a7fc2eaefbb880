import platform.Messages

/** A build and its stages that say in Slack how they ended; see reported.txt. */

/** Runs a build under a message of its own. `run` is what its stages share: plain data, as Jenkins may restart between two. */
void build(Map run, String subject, Closure body) {
  run.name = "${env.JOB_NAME} #${env.BUILD_NUMBER}" as String
  run.messages = new Messages(service: subject, build: run.name, url: env.BUILD_URL as String)
  timestamps {
    run.thread = slackThread.begin(run.messages.started())
    Throwable failure = null
    try {
      body()
    } catch (Throwable e) {
      failure = e
      throw e
    } finally {
      slackThread.update(run.thread, run.messages.ended(run.version, failure))
    }
  }
}

/** A stage of such a build. */
void call(Map run, String name, Closure body) {
  stage(name) {
    try {
      body()
    } catch (Throwable e) {
      slackThread.reply(run.thread, run.messages.failed(name, e))
      throw e
    }
    slackThread.reply(run.thread, run.messages.passed(name))
  }
}
