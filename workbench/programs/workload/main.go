// Workload is what the tests run in pods: it serves HTTP, resolves names, asks other servers and keeps a processor
// busy. As a server it answers /, /resolve?name=, /get?url= and /burn?seconds=; the same words are its commands, and
// `watch SECONDS` before one asks again and again, each time with a short patience, and says how long nobody answered.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	address = ":8080"
	// Shorter than what a test waits, longer than one lost packet and its repetition (resolv.conf: 5 s a try).
	patience = 8 * time.Second
	// What a client that retries gives one try, and how long it rests before the next.
	try, rest = time.Second, 50 * time.Millisecond
)

func resolve(ctx context.Context, name string) (string, error) {
	found, err := net.DefaultResolver.LookupHost(ctx, name)
	return strings.Join(found, "\n"), err
}

// nslookup is like resolve, and says in the form of the program of that name which server it has asked.
func nslookup(ctx context.Context, name string) (string, error) {
	var asked string
	resolver := &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, server string) (net.Conn, error) {
		asked = server
		return (&net.Dialer{}).DialContext(ctx, network, server)
	}}
	found, err := resolver.LookupHost(ctx, name)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("Server: %s\nName: %s\nAddress: %s", asked, name, strings.Join(found, "\nAddress: ")), nil
}

// get trusts the authority of the pod's service account, so that it can ask the API server without a token.
func get(ctx context.Context, url string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return "", err
	}
	client := http.Client{Transport: &http.Transport{TLSClientConfig: trust(), DisableKeepAlives: true}}
	answer, err := client.Do(request)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = errors.New(answer.Status)
	}
	return string(body), err
}

func burn(ctx context.Context, seconds string) (string, error) {
	wanted, err := strconv.ParseFloat(seconds, 64)
	if err != nil {
		return "", err
	}
	for end := time.Now().Add(time.Duration(wanted * float64(time.Second))); time.Now().Before(end) && ctx.Err() == nil; {
	}
	return "burnt " + seconds + " s", nil
}

var actions = map[string]struct {
	parameter string
	patience  time.Duration
	run       func(context.Context, string) (string, error)
}{
	"resolve":  {"name", patience, resolve},
	"nslookup": {"name", patience, nslookup},
	"get":      {"url", patience, get},
	"burn":     {"seconds", time.Hour, burn},
}

func serve() error {
	name, _ := os.Hostname()
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, name) })
	for word, action := range actions {
		http.HandleFunc("/"+word, func(w http.ResponseWriter, r *http.Request) {
			ctx, cancel := context.WithTimeout(r.Context(), action.patience)
			defer cancel()
			text, err := action.run(ctx, r.URL.Query().Get(action.parameter))
			if err != nil {
				http.Error(w, err.Error(), http.StatusBadGateway)
				return
			}
			fmt.Fprintln(w, text)
		})
	}
	return http.ListenAndServe(address, nil)
}

// watch prints the longest time between two answers, the first of which counts from the start.
func watch(seconds string, ask func(context.Context) error) error {
	wanted, err := strconv.ParseFloat(seconds, 64)
	if err != nil {
		return err
	}
	var answers, errors int
	var longest time.Duration
	last := time.Now()
	for end := last.Add(time.Duration(wanted * float64(time.Second))); time.Now().Before(end); time.Sleep(rest) {
		ctx, cancel := context.WithTimeout(context.Background(), try)
		if ask(ctx) == nil {
			answers, longest, last = answers+1, max(longest, time.Since(last)), time.Now()
		} else {
			errors++
		}
		cancel()
	}
	longest = max(longest, time.Since(last))
	fmt.Printf("longest %.2f s, %d answers, %d errors\n", longest.Seconds(), answers, errors)
	return nil
}

func main() {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	go func() { <-stop; os.Exit(0) }()
	if len(os.Args) == 1 {
		log.Fatal(serve())
	}
	words, watched := os.Args[1:], ""
	if words[0] == "watch" && len(words) == 4 {
		words, watched = words[2:], words[1]
	}
	action, known := actions[words[0]]
	if !known || len(words) != 2 {
		log.Fatal("usage: workload [watch SECONDS] [resolve NAME | nslookup NAME | get URL | burn SECONDS]")
	}
	if watched != "" {
		ask := func(ctx context.Context) error { _, err := action.run(ctx, words[1]); return err }
		if err := watch(watched, ask); err != nil {
			log.Fatal(err)
		}
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), action.patience)
	defer cancel()
	text, err := action.run(ctx, words[1])
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(text)
}
