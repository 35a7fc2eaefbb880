import org.junit.Test

import static org.junit.Assert.fail

class VersionTest {
  private static final String commit = '1a2b3c4d5e6f708192a3b4c5d6e7f80910213243'

  private final Class version = new PipelineRun().type('platform.Version')

  private String of(Map more) {
    return version.of([line: '1.4', history: "false 57 $commit", place: 'main', build: '12', attempt: 1] + more)
  }

  private String refusal(Map more) {
    try {
      of(more)
    } catch (IllegalArgumentException e) {
      return e.message
    }
    fail('it was taken')
  }

  @Test
  void "is the repository's line, the commits, the place, the build and the commit"() {
    assert of(line: ' 1.4\n') == '1.4.57-main.12.g1a2b3c4'
    assert of(place: 'pr.57') == '1.4.57-pr.57.12.g1a2b3c4'
    assert of(line: null) == '1.0.57-main.12.g1a2b3c4'
    assert of(attempt: 2) == '1.4.57-main.12.r2.g1a2b3c4'
  }

  @Test
  void "is what the releases of the catalogue and registries take, also where its parts are long"() {
    String releases = new File(PipelineRun.library, '../config/version.ts').text
    String exact = (releases =~ /(?m)^    \/(\^.*\$)\/,$/)[0][1]
    assert releases.contains('.max(60,')
    List<String> all = [of([:]), of(place: 'pr.123456', build: '1234567', attempt: 2, line: '999999.999999', history: "false 1234567 $commit"),
      of(history: "false 57 0123456${commit.drop(7)}"), of(history: "false 57 0000000${commit.drop(7)}")]
    for (String one in all) {
      assert one ==~ exact
      assert one.length() <= 60
      assert one ==~ /[A-Za-z0-9_][A-Za-z0-9._-]{0,127}/
    }
  }

  @Test
  void "refuses a line that is not a major and a minor number"() {
    for (line in ['', '1', 'v1.4', '1.4.2', '01.4', '1.4-beta', '1.4\n1.5', '1.4+x']) {
      assert refusal(line: line).startsWith("VERSION is \"${line}\"; it must be one line MAJOR.MINOR")
    }
  }

  @Test
  void "refuses a checkout with a part of the history, where it would count too few"() {
    assert refusal(history: "true 1 $commit").contains('only a part of the history')
    assert refusal(history: 'fatal: not a git repository').contains('git says "fatal: not a git repository"')
  }
}
