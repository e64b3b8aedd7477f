// What k8ssandra-operator asks of Reaper when it reconciles a data center, by its own client and its own rules for names.
// Says what came of it; ends with 1 if it was refused: then the operator asks again after 15 seconds.
package main

import (
	"context"
	"flag"
	"fmt"
	"net/url"
	"os"
	"slices"

	cassandra "github.com/k8ssandra/cass-operator/apis/cassandra/v1beta1"
	"github.com/k8ssandra/reaper-client-go/reaper"
)

var (
	address   = flag.String("url", "", "of Reaper")
	user      = flag.String("user", "", "none: there are no logins")
	password  = flag.String("password", "", "of the user")
	cluster   = flag.String("cluster", "", "as Cassandra has it")
	namespace = flag.String("namespace", "", "of the data center")
	reference = flag.Bool("reference", false, "the cluster names this Reaper by reaperRef: it is added without a look")
)

func reconcile(ctx context.Context) (string, error) {
	base, err := url.Parse(*address)
	if err != nil {
		return "", err
	}
	client := reaper.NewClient(base)
	if *user != "" && *password != "" {
		if err := client.Login(ctx, *user, *password); err != nil {
			return "", err
		}
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
