// What k8ssandra-operator asks of Reaper when it reconciles a data center, by its own client and its own rules for names.
// Says what came of it; ends with 1 if it was refused: then the operator asks again after 15 seconds.
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"

	cassandra "github.com/k8ssandra/cass-operator/apis/cassandra/v1beta1"
	"github.com/k8ssandra/reaper-client-go/reaper"
)

var (
	address      = flag.String("url", "", "of Reaper")
	certificates = flag.String("certificates", "", "a folder with what the Secret of clientCertName has")
	user         = flag.String("user", "", "none: there are no logins")
	password     = flag.String("password", "", "of the user")
	cluster      = flag.String("cluster", "", "as Cassandra has it")
	namespace    = flag.String("namespace", "", "of the data center")
	reference    = flag.Bool("reference", false, "the cluster names this Reaper by reaperRef: it is added without a look")
)

// Shows a certificate, and trusts those of one authority, whatever their names are.
func clientWithCertificate() (*http.Client, error) {
	authority, err := os.ReadFile(filepath.Join(*certificates, "ca.crt"))
	if err != nil {
		return nil, err
	}
	own, err := tls.LoadX509KeyPair(filepath.Join(*certificates, "tls.crt"), filepath.Join(*certificates, "tls.key"))
	if err != nil {
		return nil, err
	}
	trusted := x509.NewCertPool()
	trusted.AppendCertsFromPEM(authority)
	verify := func(connection tls.ConnectionState) error {
		others := x509.NewCertPool()
		for _, one := range connection.PeerCertificates[1:] {
			others.AddCert(one)
		}
		_, err := connection.PeerCertificates[0].Verify(x509.VerifyOptions{Roots: trusted, Intermediates: others})
		return err
	}
	how := &tls.Config{Certificates: []tls.Certificate{own}, InsecureSkipVerify: true, VerifyConnection: verify}
	return &http.Client{Transport: &http.Transport{TLSClientConfig: how}}, nil
}

func connect(ctx context.Context) (reaper.Client, error) {
	base, err := url.Parse(*address)
	if err != nil {
		return nil, err
	}
	var options []reaper.ClientCreateOption
	if *certificates != "" {
		client, err := clientWithCertificate()
		if err != nil {
			return nil, err
		}
		options = append(options, reaper.WithHttpClient(client))
	}
	client := reaper.NewClient(base, options...)
	if *user != "" && *password != "" {
		err = client.Login(ctx, *user, *password)
	}
	return client, err
}

func reconcile(ctx context.Context) (string, error) {
	client, err := connect(ctx)
	if err != nil {
		return "", err
	}
	name := cassandra.CleanupForKubernetes(*cluster)
	if !*reference {
		names, err := client.GetClusterNames(ctx)
		if err != nil {
			return "", err
		}
		if slices.Contains(names, name) {
			return "known", nil
		}
	}
	center := cassandra.CassandraDatacenter{Spec: cassandra.CassandraDatacenterSpec{ClusterName: *cluster}}
	return "added", client.AddCluster(ctx, name, center.GetSeedServiceName()+"."+*namespace)
}

func main() {
	flag.Parse()
	said, err := reconcile(context.Background())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(said)
}
