import com.cloudbees.groovy.cps.SerializableScript

/** What the scripts of the library extend in tests: what is no method of theirs is a step of the pipeline. */
abstract class LibraryScript extends SerializableScript {
  @Override
  Object invokeMethod(String name, Object args) {
    PipelineRun pipeline = binding.getVariable('pipelineRun')
    return pipeline.step(name, args instanceof Object[] ? args as List : [args])
  }
}
