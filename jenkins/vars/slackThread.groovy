import platform.Messages

/**
 * One message of a build in Slack, and replies below it. Slack never decides a build: what goes wrong here is only
 * written into the log.
 */

/** Begins a thread; null when Slack did not take the message. */
Map begin(Map message) {
  def answer = send(message)
  // Three texts, because what slackSend answers may not live through a restart of Jenkins.
  try {
    return answer ? [thread: answer.threadId as String, channel: answer.channelId as String, message: answer.ts as String] : null
  } catch (Exception e) {
    echo "Slack gave no thread: ${e.message}"
    return null
  }
}

void reply(Map thread, Map message) {
  if (thread?.thread) send(message + [channel: thread.thread])
}

/** Puts a message in the place of the one that began the thread. */
void update(Map thread, Map message) {
  if (thread?.message) send(message + [channel: thread.channel, timestamp: thread.message])
}

private def send(Map message) {
  try {
    return slackSend(message + [failOnError: false])
  } catch (Throwable e) {
    // Somebody ends the build, while Slack is slow.
    if (Messages.isInterruption(e)) throw e
    echo "Slack did not take a message: ${e.message}"
    return null
  }
}
