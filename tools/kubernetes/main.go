// Command kubernetes is every part of a Kubernetes control plane in one binary: `kubernetes COMMAND ARGUMENTS…`.
//
// One binary, since the parts share most of their packages, and each one linked alone would take space and time of its
// own. What is said before the command:
//
//	--until-stdin-closes   ends at once when the other end of standard input is closed, which the system does when
//	                       the process that started this one is gone, however it went.
package main

import (
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	_ "time/tzdata" // CronJobs name time zones, and not every machine has them.

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"go.etcd.io/etcd/server/v3/etcdmain"
	_ "k8s.io/client-go/plugin/pkg/client/auth"
	"k8s.io/component-base/cli"
	"k8s.io/component-base/logs"
	kubectl "k8s.io/kubectl/pkg/cmd"
	kubectlutil "k8s.io/kubectl/pkg/cmd/util"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	kwokconfig "sigs.k8s.io/kwok/pkg/config"
	kwok "sigs.k8s.io/kwok/pkg/kwok/cmd"
	kwoklog "sigs.k8s.io/kwok/pkg/log"
	kwoksignals "sigs.k8s.io/kwok/pkg/utils/signals"
)

const untilStdinCloses = "--until-stdin-closes"

// Every command runs with os.Args as its own binary would see them.
var commands = map[string]func() error{
	"kube-apiserver":          func() error { return run(apiserver.NewAPIServerCommand()) },
	"kube-controller-manager": func() error { return run(controllermanager.NewControllerManagerCommand()) },
	"kube-scheduler":          func() error { return run(scheduler.NewSchedulerCommand()) },
	"kubectl":                 runKubectl,
	"etcd":                    func() error { etcdmain.Main(os.Args); return nil },
	"kwok":                    runKwok,
	"kwok-stages":             printStages,
	"certificates":            writeCertificates,
}

func main() {
	arguments := os.Args[1:]
	if len(arguments) > 0 && arguments[0] == untilStdinCloses {
		go endWithStdin()
		arguments = arguments[1:]
	}
	if len(arguments) == 0 || commands[arguments[0]] == nil {
		names := strings.Join(slices.Sorted(maps.Keys(commands)), ", ")
		fmt.Fprintf(os.Stderr, "usage: kubernetes [%s] COMMAND ARGUMENTS…; commands: %s\n", untilStdinCloses, names)
		os.Exit(2)
	}
	os.Args = arguments
	if err := commands[arguments[0]](); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// No farewell: the parts end together, and an API server without its etcd would take a minute to.
func endWithStdin() {
	_, _ = io.Copy(io.Discard, os.Stdin)
	os.Exit(0)
}

func run(command *cobra.Command) error {
	os.Exit(cli.Run(command))
	return nil
}

func runKubectl() error {
	_, _ = logs.GlogSetter(kubectl.GetLogVerbosity(os.Args))
	if err := cli.RunNoErrOutput(kubectl.NewDefaultKubectlCommand()); err != nil {
		kubectlutil.CheckErr(err)
	}
	return nil
}

func runKwok() error {
	// The other commands' packages have put their flags here, and cobra would give them to kwok.
	pflag.CommandLine = pflag.NewFlagSet("kwok", pflag.ExitOnError)

	flags := pflag.NewFlagSet("global", pflag.ContinueOnError)
	flags.ParseErrorsAllowlist.UnknownFlags = true
	flags.Usage = func() {}
	ctx, _ := kwoklog.InitFlags(kwoksignals.SetupSignalContext(), flags)
	ctx, err := kwokconfig.InitFlags(ctx, flags)
	if err != nil {
		return err
	}
	command := kwok.NewCommand(ctx)
	command.PersistentFlags().AddFlagSet(flags)
	return command.ExecuteContext(ctx)
}
