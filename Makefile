# The two commands of the README: `make local` and `make test`.
.PHONY: local down test quick install

# ci, staging and production on this machine; only Google Cloud is emulated.
local:
	./platform local up

# Ends what `make local` began: no process, port or file is left.
down:
	./platform local down

# Everything: types, style, the quick tests, then the real engine and real Kubernetes.
test: quick
	npm run --silent engine
	npm run --silent clusters
	npm run --silent test:plan

# Under a minute once the packages are there.
quick: install
	npm run --silent typecheck
	npm run --silent lint
	npm run --silent format:check
	npm run --silent test

install:
	./scripts/install.sh
