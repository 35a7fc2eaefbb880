/**
 * The labels of this build's pull request; none when GitHub does not answer, so that nothing is pushed by mistake.
 *
 * Asked before anything of the repository has run: the token is read-only, and gone when make starts.
 */
List<String> call() {
  // https://github.com/OWNER/REPOSITORY/pull/57
  List<String> parts = (env.CHANGE_URL as String).tokenize('/')
  String address = "https://api.github.com/repos/${parts[2]}/${parts[3]}/issues/${parts[5]}/labels?per_page=100"
  try {
    String answer = ''
    withCredentials([usernamePassword(credentialsId: 'github-reader', usernameVariable: 'APP', passwordVariable: 'TOKEN')]) {
      withEnv(["ADDRESS=${address}"]) {
        // By standard input: what stands on a command line is seen by every process.
        answer = sh(
          label: 'labels of the pull request',
          returnStdout: true,
          script: 'printf \'header = "Authorization: Bearer %s"\' "$TOKEN" | curl --config - --fail --silent --show-error --max-time 30 "$ADDRESS"',
        )
      }
    }
    List<String> names = []
    for (label in readJSON(text: answer)) names.add(label.name as String)
    return names
  } catch (Exception e) {
    if (platform.Messages.isInterruption(e)) throw e
    echo "GitHub did not say the labels of the pull request, so it is only built and tested: ${e.message}"
    return []
  }
}
