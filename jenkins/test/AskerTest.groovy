import org.junit.Test

class AskerTest {
  private static final String billing = 'https://github.com/acme/billing'

  private final PipelineRun pipeline = new PipelineRun()
  private final Class asker = pipeline.type('platform.Asker')

  private Object to(String stack, String build = 'services/billing/main #12') {
    return pipeline.type('platform.Promotion').of(SERVICE: 'billing', VERSION: '1.4.2', TARGET: stack, BUILD: build)
  }

  private static Map job(String name, int number = 12, String kind = 'org.jenkinsci.plugins.workflow.support.steps.build.BuildUpstreamCause') {
    return [_class: kind, shortDescription: 'Started by upstream project', upstreamProject: name, upstreamBuild: number, upstreamUrl: 'job/']
  }

  private static final Map person = [_class: 'hudson.model.Cause$UserIdCause', userId: 'mia', userName: 'Mia']

  /** Of both questions, as promote asks them. */
  private String refusal(List causes, Object promotion, String repository = billing) {
    Object who = asker.of(causes)
    return who.refusal(promotion) ?: who.repositoryRefusal(promotion, repository)
  }

  @Test
  void "may bring its own service to staging as the build of main or of a release branch"() {
    for (name in ['services/billing/main', 'services/billing/release%2F1.4', 'services/billing/release%2F1%2F4']) {
      assert refusal([job(name)], to('staging', "$name #12")) == null
      assert refusal([job(name, 12, 'hudson.model.Cause$UpstreamCause')], to('staging', "$name #12")) == null
    }
  }

  @Test
  void "is the repository that the catalogue names, whatever the service is called"() {
    for (repository in ['https://github.com/acme/billing-service\n', 'https://github.com/acme/billing-service.git', 'https://github.com/acme/billing-service/']) {
      assert refusal([job('services/billing-service/main')], to('staging', 'services/billing-service/main #12'), repository) == null
      assert refusal([job('services/billing/main')], to('staging'), repository).endsWith('whose job is services/billing-service; correct the one or the other')
    }
  }

  @Test
  void "may not bring another repository's service to staging"() {
    assert refusal([job('services/webhooks/main')], to('staging', 'services/webhooks/main #12')) ==
      'services/webhooks/main may not bring billing to staging: catalog/services says that its code is in https://github.com/acme/billing, whose job is services/billing; correct the one or the other'
  }

  @Test
  void "may not bring anything to staging as another branch, a pull request or another job"() {
    for (name in ['services/billing/faster', 'services/billing/PR-57', 'services/billing/release', 'services/billing/release%2F', 'services/billing',
      'services/billing/main/more', 'other/billing/main', 'platform/merged', 'platform/preview', 'main']) {
      assert refusal([job(name)], to('staging', "$name #12")).startsWith("$name may not bring billing to staging")
    }
  }

  @Test
  void "is the very build that made the version"() {
    assert refusal([job('services/billing/main', 13)], to('staging')) != null
    assert refusal([job('services/billing/main')], to('staging', 'services/billing/release%2F1 #12')) != null
  }

  @Test
  void "may be one of several that one build of the job answers"() {
    assert refusal([job('services/billing/faster'), job('services/billing/main', 11), job('services/billing/main')], to('staging')) == null
  }

  @Test
  void "may bring anything to staging as a person, whom the folder lets start the job"() {
    assert refusal([person], to('staging', 'by hand'), 'https://github.com/acme/other') == null
  }

  @Test
  void "may deploy to production as the job that looks at approvals, and as nobody else"() {
    assert refusal([job('platform/merged')], to('production')) == null
    for (causes in [[person], [job('services/billing/main')], [job('services/platform/merged')], []]) {
      assert refusal(causes, to('production')).endsWith('may not deploy to production; only platform/merged may, which looks at who approved what was merged: start that one')
    }
  }

  @Test
  void "may do nothing where Jenkins does not say who it is, or says it in a way that nobody knows"() {
    for (causes in [[], [[_class: 'hudson.triggers.TimerTrigger$TimerTriggerCause']], [job('services/billing/main', 12, 'org.example.LikeUpstreamCause')], [[userId: 'mia']]]) {
      assert refusal(causes, to('staging')).startsWith('what started this job may not bring billing to staging as made by "services/billing/main #12"')
    }
  }
}
