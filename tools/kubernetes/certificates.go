package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// Longer than anything on this machine is kept.
const lifetime = 10 * 365 * 24 * time.Hour

// An issuer with its key.
type authority struct {
	certificate *x509.Certificate
	key         crypto.Signer
}

// writeCertificates writes everything that the parts of one control plane prove themselves with into a new folder:
// `certificates FOLDER SERVICE-ADDRESS [NAME…]`, the address being that of the API server inside the cluster, and the
// names those that it is called by from outside.
func writeCertificates() error {
	if len(os.Args) < 3 || net.ParseIP(os.Args[2]) == nil {
		return errors.New("usage: certificates FOLDER SERVICE-ADDRESS [NAME…]")
	}
	folder := os.Args[1]
	if err := os.Mkdir(folder, 0o700); err != nil {
		return err
	}
	cluster, err := writeAuthority(folder, "ca", "kubernetes")
	if err != nil {
		return err
	}
	// An authority of its own: whoever it signs may speak to the API server in anybody's name.
	frontProxy, err := writeAuthority(folder, "front-proxy-ca", "front-proxy")
	if err != nil {
		return err
	}
	certificates := []struct {
		name   string
		issuer authority
		x509.Certificate
	}{
		{"kube-apiserver", cluster, server("kube-apiserver", net.ParseIP(os.Args[2]), os.Args[3:])},
		{"kubelet-client", cluster, client("kube-apiserver-kubelet-client", "system:masters")},
		{"front-proxy-client", frontProxy, client("front-proxy-client")},
		{"kube-controller-manager", cluster, client("system:kube-controller-manager")},
		{"kube-scheduler", cluster, client("system:kube-scheduler")},
		{"kwok", cluster, client("kwok", "system:masters")},
		{"admin", cluster, client("admin", "system:masters")},
	}
	for _, one := range certificates {
		if err := writeCertificate(folder, one.name, &one.Certificate, one.issuer); err != nil {
			return err
		}
	}
	return writeServiceAccountKeys(folder)
}

func server(name string, address net.IP, hosts []string) x509.Certificate {
	return x509.Certificate{
		Subject:     pkix.Name{CommonName: name},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames: append([]string{
			"localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc",
			"kubernetes.default.svc.cluster.local",
		}, hosts...),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), address},
	}
}

func client(name string, groups ...string) x509.Certificate {
	return x509.Certificate{
		Subject:     pkix.Name{CommonName: name, Organization: groups},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
}

func writeAuthority(folder, name, subject string) (authority, error) {
	key, err := newKey()
	if err != nil {
		return authority{}, err
	}
	template := &x509.Certificate{
		Subject:               pkix.Name{CommonName: subject},
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
		IsCA:                  true,
		BasicConstraintsValid: true,
	}
	certificate, err := sign(folder, name, template, authority{template, key}, key)
	return authority{certificate, key}, err
}

func writeCertificate(folder, name string, template *x509.Certificate, issuer authority) error {
	key, err := newKey()
	if err != nil {
		return err
	}
	template.KeyUsage = x509.KeyUsageDigitalSignature
	_, err = sign(folder, name, template, issuer, key)
	return err
}

// sign writes NAME.crt and NAME.key.
func sign(folder, name string, template *x509.Certificate, issuer authority, key crypto.Signer) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	template.SerialNumber = serial
	// A minute of room for a clock that is set back.
	template.NotBefore = time.Now().Add(-time.Minute)
	template.NotAfter = template.NotBefore.Add(lifetime)
	der, err := x509.CreateCertificate(rand.Reader, template, issuer.certificate, key.Public(), issuer.key)
	if err != nil {
		return nil, err
	}
	if err := writePEM(folder, name+".crt", "CERTIFICATE", der); err != nil {
		return nil, err
	}
	if err := writeKey(folder, name+".key", key); err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

// writeServiceAccountKeys writes what tokens of service accounts are signed with and checked by.
func writeServiceAccountKeys(folder string) error {
	key, err := newKey()
	if err != nil {
		return err
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return err
	}
	if err := writePEM(folder, "service-accounts.pub", "PUBLIC KEY", public); err != nil {
		return err
	}
	return writeKey(folder, "service-accounts.key", key)
}

func newKey() (crypto.Signer, error) {
	return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
}

func writeKey(folder, name string, key crypto.Signer) error {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	return writePEM(folder, name, "PRIVATE KEY", der)
}

func writePEM(folder, name, kind string, der []byte) error {
	content := pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
	return os.WriteFile(filepath.Join(folder, name), content, 0o600)
}
