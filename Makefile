# The two commands of the README: `make local` and `make test`.
.PHONY: local down test quick library install verify-jenkins

# ci, staging and production on this machine; only Google Cloud is emulated.
local:
	./platform local up

# Ends what `make local` began: no process, port or file is left.
down:
	./platform local down

# Everything: types, style, the quick tests, the pipeline library, then the real engine and real Kubernetes.
test: quick library
	npm run --silent engine
	npm run --silent clusters
	npm run --silent test:plan

# A few minutes on two cores, once the packages are there.
quick: install
	npm run --silent typecheck
	npm run --silent lint
	npm run --silent format:check
	npm run --silent test

# The pipeline library's tests; needs Java 17 and Maven.
library:
	@command -v mvn >/dev/null || \
	  { echo "mvn is not on PATH: the tests of jenkins/ need Java 17 and Maven; install both, or run make quick without them" >&2; exit 1; }
	mvn -B -f jenkins/pom.xml test

# Whether a Jenkins that runs is what this checkout says, and closed to strangers; changes nothing. Needs JENKINS_URL,
# JENKINS_USER and JENKINS_TOKEN.
verify-jenkins: install
	@node --import tsx scripts/verify-jenkins.ts

install:
	./scripts/install.sh
