// The process that holds the network namespace of a pod.
module helenus/e2e/pause

go 1.24.0
