// Command registry is the reference OCI registry on loopback, and the certificate that its name is known by:
//
//	registry [--until-stdin-closes] oci-registry FOLDER PORT-FILE   serves what is in FOLDER until it is told to end
//	registry certificate CERTIFICATE-FILE KEY-FILE NAME…            writes a certificate that is its own authority
//
// Not the project's own command: that one brings the storage of every cloud along, and finds no port by itself.
//
// With --until-stdin-closes it ends at once when the other end of standard input is closed, which the system does when
// the process that started it is gone, however it went.
package main

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"github.com/distribution/distribution/v3/configuration"
	"github.com/distribution/distribution/v3/registry/handlers"
	_ "github.com/distribution/distribution/v3/registry/storage/driver/filesystem"
	"github.com/sirupsen/logrus"
)

const untilStdinCloses = "--until-stdin-closes"

// tokenVariable names what every request has to carry: loopback is open to everybody on the machine.
const tokenVariable = "REGISTRY_TOKEN"

func main() {
	arguments := os.Args[1:]
	if len(arguments) > 0 && arguments[0] == untilStdinCloses {
		go endWithStdin()
		arguments = arguments[1:]
	}
	if err := run(arguments); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	switch {
	case len(arguments) == 3 && arguments[0] == "oci-registry":
		return serve(arguments[1], arguments[2])
	case len(arguments) > 3 && arguments[0] == "certificate":
		return writeCertificate(arguments[1], arguments[2], arguments[3:])
	}
	return errors.New("usage: registry [" + untilStdinCloses + "] oci-registry FOLDER PORT-FILE | certificate CERTIFICATE-FILE KEY-FILE NAME…")
}

func endWithStdin() {
	_, _ = io.Copy(io.Discard, os.Stdin)
	os.Exit(0)
}

func serve(folder, portFile string) error {
	token := os.Getenv(tokenVariable)
	if token == "" {
		return errors.New(tokenVariable + " is empty")
	}
	logrus.SetLevel(logrus.WarnLevel)
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()

	app := handlers.NewApp(ctx, &configuration.Configuration{
		Storage: configuration.Storage{
			"filesystem":  configuration.Parameters{"rootdirectory": folder},
			"maintenance": configuration.Parameters{"uploadpurging": map[any]any{"enabled": false}},
		},
		// Whoever asks knows it by another name. The secret signs uploads that are under way.
		HTTP: configuration.HTTP{RelativeURLs: true, Secret: token},
	})
	server := &http.Server{Handler: onlyWith(token, app), ReadHeaderTimeout: 10 * time.Second}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	if err := writeWhole(portFile, strconv.Itoa(listener.Addr().(*net.TCPAddr).Port)); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
		grace, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		return server.Shutdown(grace)
	}
}

func onlyWith(token string, handler http.Handler) http.Handler {
	expected := []byte("Bearer " + token)
	return http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
		if subtle.ConstantTimeCompare([]byte(request.Header.Get("Authorization")), expected) != 1 {
			http.Error(response, "only the world that started this registry may ask it", http.StatusForbidden)
			return
		}
		handler.ServeHTTP(response, request)
	})
}

// writeWhole writes a file that nobody sees half of.
func writeWhole(file, text string) error {
	if err := os.WriteFile(file+".new", []byte(text), 0o600); err != nil {
		return err
	}
	return os.Rename(file+".new", file)
}
