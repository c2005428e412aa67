package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

const lifetime = 10 * 24 * time.Hour

type pair struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	certPEM     []byte
	keyPEM      []byte
}

// writeAuthority FOLDER SERVER-URL makes the keys of one cluster: two authorities, serving and client pairs, the key of
// the service accounts, and a kubeconfig per component.
func writeAuthority(args []string) error {
	if len(args) != 3 {
		return fmt.Errorf("usage: authority FOLDER SERVER-URL")
	}
	folder, server := args[1], args[2]
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	files, err := authorityFiles(server)
	if err != nil {
		return err
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func authorityFiles(server string) (map[string][]byte, error) {
	cluster, err := issue("yard-ca", nil, nil, nil)
	if err != nil {
		return nil, err
	}
	front, err := issue("front-proxy-ca", nil, nil, nil)
	if err != nil {
		return nil, err
	}
	accounts, err := issue("service-accounts", nil, nil, nil)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{
		"ca.crt": cluster.certPEM, "ca.key": cluster.keyPEM,
		"front-proxy-ca.crt": front.certPEM, "sa.key": accounts.keyPEM,
	}
	serving := []struct {
		name, subject string
		names         []string
		by            *pair
	}{
		{"apiserver", "kube-apiserver", []string{"localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"}, cluster},
		{"kubelet", "kwok", []string{"localhost", "metrics-server.kube-system.svc"}, cluster},
		{"front-proxy", "front-proxy-client", nil, front},
	}
	for _, one := range serving {
		issued, err := issue(one.subject, nil, one.names, one.by)
		if err != nil {
			return nil, err
		}
		files[one.name+".crt"], files[one.name+".key"] = issued.certPEM, issued.keyPEM
	}
	users := []struct{ name, subject, group string }{
		{"admin", "yard-admin", "system:masters"},
		{"kube-controller-manager", "system:kube-controller-manager", ""},
		{"kube-scheduler", "system:kube-scheduler", ""},
		{"kwok", "kwok", "system:masters"},
		{"metrics-server", "metrics-server", "system:masters"},
	}
	for _, user := range users {
		issued, err := issue(user.subject, groups(user.group), nil, cluster)
		if err != nil {
			return nil, err
		}
		files[user.name+".crt"], files[user.name+".key"] = issued.certPEM, issued.keyPEM
		files[user.name+".kubeconfig"] = kubeconfig(server, cluster, issued)
	}
	return files, nil
}

func groups(name string) []string {
	if name == "" {
		return nil
	}
	return []string{name}
}

// issue makes a pair signed by an authority, or an authority of its own where there is none.
func issue(subject string, organisations, names []string, by *pair) (*pair, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: subject, Organization: organisations},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(lifetime),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth},
		DNSNames:     names,
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1), net.IPv4(10, 96, 0, 1)},
	}
	parent, signer := template, key
	if by == nil {
		template.IsCA, template.BasicConstraintsValid = true, true
		template.KeyUsage |= x509.KeyUsageCertSign
		template.ExtKeyUsage, template.IPAddresses = nil, nil
	} else {
		parent, signer = by.certificate, by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		return nil, err
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	secret, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return nil, err
	}
	return &pair{
		certificate: certificate,
		key:         key,
		certPEM:     pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		keyPEM:      pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: secret}),
	}, nil
}

func kubeconfig(server string, authority, user *pair) []byte {
	encode := base64.StdEncoding.EncodeToString
	return fmt.Appendf(nil, `apiVersion: v1
kind: Config
current-context: yard
clusters:
  - name: yard
    cluster: {server: %q, certificate-authority-data: %s}
users:
  - name: yard
    user: {client-certificate-data: %s, client-key-data: %s}
contexts:
  - name: yard
    context: {cluster: yard, user: yard}
`, server, encode(authority.certPEM), encode(user.certPEM), encode(user.keyPEM))
}
