import org.codehaus.groovy.control.CompilationUnit
import org.codehaus.groovy.control.CompilerConfiguration
import org.codehaus.groovy.control.Phases
import org.junit.Test

class SourcesTest {
  private static List<File> groovyIn(String folder, String ending = '.groovy') {
    List<File> found = []
    new File(PipelineRun.library, folder).eachFileRecurse { if (it.name.endsWith(ending)) found << it }
    return found
  }

  @Test
  void "every file of vars and src, every pipeline, and the template's Jenkinsfile, is Groovy as Jenkins has it"() {
    assert GroovySystem.version == '2.4.21'
    List<File> files = groovyIn('vars') + groovyIn('src')
    assert files.size() > 5
    compile(files)
    // Jenkins has the annotation by itself.
    File stub = File.createTempFile('Library', '.groovy')
    stub.text = '@interface Library { String value() }'
    List<File> pipelines = groovyIn('pipelines', '.Jenkinsfile')
    assert pipelines.size() > 0
    try {
      // Each alone, as each is a class of a name that others may have.
      for (File file in pipelines + [new File(PipelineRun.library, '../templates/service/Jenkinsfile')]) compile([stub, file])
    } finally {
      stub.delete()
    }
  }

  private void compile(List<File> files) {
    CompilerConfiguration configuration = new CompilerConfiguration()
    configuration.classpathList = [new File(PipelineRun.library, 'src').path]
    CompilationUnit unit = new CompilationUnit(configuration, null, new GroovyClassLoader(getClass().classLoader, configuration))
    unit.addSources(files as File[])
    unit.compile(Phases.CLASS_GENERATION)
  }

  @Test
  void "every class of src lives through a restart of Jenkins"() {
    PipelineRun pipeline = new PipelineRun()
    for (File file in groovyIn('src')) {
      Class type = pipeline.type("platform.${file.name - '.groovy'}")
      assert Serializable.isAssignableFrom(type)
      new ObjectOutputStream(new ByteArrayOutputStream()).writeObject(type.newInstance())
    }
  }

  @Test
  void "every step has its help beside it"() {
    for (File file in groovyIn('vars')) assert new File(file.parentFile, "${file.name - '.groovy'}.txt").file
  }
}
