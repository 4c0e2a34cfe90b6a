// Starting threads on Linux and macOS, and staying loaded while they run.
#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>

#include <cstdlib>

#include "../thread_pool.h"

namespace latchkey {
namespace {

// musl's default of 128 KiB is too little for Kerberos libraries.
constexpr std::size_t kStackBytes = 2u << 20;

void* CallEntry(void* entry) {
  reinterpret_cast<void (*)()>(entry)();
  return nullptr;
}

}  // namespace

// pthreads instead of std::thread: that one reports a full process table by throwing, and exceptions are off.
bool StartDetachedThread(void (*entry)()) {
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0) return false;
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, kStackBytes);
  // Signals belong to Node's own threads; a new thread inherits the mask.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t thread;
  const int failure = pthread_create(&thread, &attributes, CallEntry, reinterpret_cast<void*>(entry));
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  pthread_attr_destroy(&attributes);
  return failure == 0;
}

void BeforeExit(void (*hook)()) { std::atexit(hook); }

void KeepLibraryLoaded() {
  Dl_info here;
  if (dladdr(reinterpret_cast<void*>(&KeepLibraryLoaded), &here) == 0) return;
  dlopen(here.dli_fname, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
}

}  // namespace latchkey
