package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

const (
	itemFiles   = "/rest/com/vmware/content/library/item/file"
	itemStorage = "/rest/com/vmware/content/library/item/storage"
	itemItself  = "/rest/com/vmware/content/library/item/id:"
)

const templateItems = "/rest/vcenter/vm-template/library-items/"

type libraryFile map[string]any

// serveLibraries answers what the simulator answers otherwise than a vCenter; false where it does not.
func serveLibraries(ctx *simulator.Context, w http.ResponseWriter, r *http.Request, next http.Handler) bool {
	switch {
	case r.URL.Path == itemFiles && r.Method == http.MethodGet:
		tellChecksums(w, r, next)
	case strings.HasPrefix(r.URL.Path, templateItems) && r.URL.Query().Get("action") == "deploy":
		deployMachine(ctx, w, r, next)
	default:
		return false
	}
	return true
}

// deployMachine makes a machine of what the simulator deploys as a template again.
func deployMachine(ctx *simulator.Context, w http.ResponseWriter, r *http.Request, next http.Handler) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	var order struct {
		Spec struct {
			Placement struct {
				ResourcePool string `json:"resource_pool"`
			} `json:"placement"`
		} `json:"spec"`
	}
	_ = json.Unmarshal(body, &order)
	deployed := httptest.NewRecorder()
	next.ServeHTTP(deployed, r)
	var made struct {
		Value string `json:"value"`
	}
	if deployed.Code == http.StatusOK && json.Unmarshal(deployed.Body.Bytes(), &made) == nil {
		self := types.ManagedObjectReference{Type: "VirtualMachine", Value: made.Value}
		if vm, ok := ctx.Map.Get(self).(*simulator.VirtualMachine); ok {
			pool := types.ManagedObjectReference{Type: "ResourcePool", Value: order.Spec.Placement.ResourcePool}
			ctx.WithLock(vm, func() { vm.MarkAsVirtualMachine(&types.MarkAsVirtualMachine{This: self, Pool: pool}) })
		}
	}
	w.WriteHeader(deployed.Code)
	_, _ = w.Write(deployed.Body.Bytes())
}

// tellChecksums answers for the files of a library item as the simulator does, with the checksums that a vCenter adds
// and the simulator leaves out: of what lies on its disk, or on its publisher's where the copy has only the name. A file
// that was replaced is told once.
func tellChecksums(w http.ResponseWriter, r *http.Request, next http.Handler) {
	told := httptest.NewRecorder()
	next.ServeHTTP(told, r)
	var list struct {
		Value []libraryFile `json:"value"`
	}
	if told.Code != http.StatusOK || json.Unmarshal(told.Body.Bytes(), &list) != nil {
		w.WriteHeader(told.Code)
		_, _ = w.Write(told.Body.Bytes())
		return
	}
	id := r.URL.Query().Get("library_item_id")
	sums := checksumsOf(r, next, id)
	for name, sum := range checksumsOf(r, next, sourceOf(r, next, id)) {
		sums[name] = sum
	}
	last := map[string]int{}
	files := []libraryFile{}
	for _, file := range list.Value {
		name, _ := file["name"].(string)
		if sum, known := sums[name]; known {
			file["checksum_info"] = map[string]string{"algorithm": "SHA256", "checksum": sum}
		}
		if at, seen := last[name]; seen {
			files[at] = file
			continue
		}
		last[name] = len(files)
		files = append(files, file)
	}
	answer(w, map[string]any{"value": files})
}

func sourceOf(r *http.Request, next http.Handler, id string) string {
	var item struct {
		SourceID string `json:"source_id"`
	}
	ask(r, next, itemItself+id, &item)
	return item.SourceID
}

func checksumsOf(r *http.Request, next http.Handler, id string) map[string]string {
	sums := map[string]string{}
	if id == "" {
		return sums
	}
	var stored []struct {
		Name string   `json:"name"`
		URIs []string `json:"storage_uris"`
	}
	ask(r, next, itemStorage+"?library_item_id="+url.QueryEscape(id), &stored)
	for _, file := range stored {
		if len(file.URIs) == 0 {
			continue
		}
		// Of a disk the content counts; beside it stands what describes it.
		for _, path := range []string{simulator.VirtualDiskBackingFileName(file.URIs[0]), file.URIs[0]} {
			if sum, err := sha256Of(path); err == nil {
				sums[file.Name] = sum
				break
			}
		}
	}
	return sums
}

// ask puts a question of the same session to the simulator; what it does not know stays empty.
func ask(r *http.Request, next http.Handler, path string, value any) {
	question := httptest.NewRequest(http.MethodGet, path, nil)
	question.Header = r.Header.Clone()
	recorder := httptest.NewRecorder()
	next.ServeHTTP(recorder, question)
	if recorder.Code == http.StatusOK {
		_ = json.Unmarshal(recorder.Body.Bytes(), &struct {
			Value any `json:"value"`
		}{value})
	}
}

func sha256Of(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
