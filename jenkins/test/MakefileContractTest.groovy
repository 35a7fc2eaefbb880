import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder

/** The script by which the pipeline looks at a Makefile, run by the real make. */
class MakefileContractTest {
  @Rule
  public TemporaryFolder folder = new TemporaryFolder()

  private List missing(File repository) {
    String script = new File(PipelineRun.library, 'resources/platform/missing-targets.sh').text
    Process process = new ProcessBuilder('sh', '-ec', script).directory(repository).redirectErrorStream(true)
      .with { it.environment().put('TARGETS', 'build test push chart'); it.environment().remove('MAKEFLAGS'); it }.start()
    String said = process.inputStream.text
    return [process.waitFor(), said.readLines()]
  }

  private File repository(String makefile) {
    folder.newFolder('test')
    if (makefile) folder.newFile('Makefile').text = makefile
    return folder.root
  }

  @Test
  void "finds nothing missing in the template"() {
    assert missing(new File(PipelineRun.library, '../templates/service')) == [0, []]
  }

  @Test
  void "names what is missing, also where a folder has the name of a target"() {
    assert missing(repository('build: ; echo $@\npush:: ; echo $@\n')) == [0, ['test', 'chart']]
  }

  @Test
  void "takes targets of one rule, of an included file, and without a recipe"() {
    folder.newFile('more.mk').text = 'chart: push\n'
    assert missing(repository('include more.mk\n.PHONY: test\nbuild test push: ; echo $@\n')) == [0, []]
  }

  @Test
  void "names what is only mentioned, and what has nothing to do"() {
    assert missing(repository('all: test\n.PHONY: push\nbuild chart: ; echo $@\n')) == [0, ['test', 'push']]
  }

  @Test
  void "runs nothing of the Makefile's recipes"() {
    assert missing(repository('build test push chart: ; touch ran\n')) == [0, []]
    assert !new File(folder.root, 'ran').exists()
  }

  @Test
  void "says that there is no Makefile"() {
    assert missing(repository(null)) == [1, ['there is no Makefile']]
  }
}
