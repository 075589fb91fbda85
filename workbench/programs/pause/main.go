// Pause is the first process of a pod. It holds the pod's namespaces open, buries the processes that
// other containers leave behind when they share its process namespace, and ends when it is told to.
package main

import (
	"os"
	"os/signal"
	"syscall"
)

// reap buries every child that has ended, without waiting for one that has not.
func reap() {
	for {
		child, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil)
		if err == syscall.EINTR {
			continue
		}
		if err != nil || child <= 0 {
			return
		}
	}
}

func main() {
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, syscall.SIGCHLD, syscall.SIGINT, syscall.SIGTERM)
	reap() // children that ended before anybody listened
	for received := range signals {
		if received != syscall.SIGCHLD {
			os.Exit(0)
		}
		reap()
	}
}
