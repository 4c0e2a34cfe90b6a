// The one bridge between JavaScript promises and native work: runs a function on our threads and settles a promise.
#pragma once

#include <napi.h>

#include <functional>
#include <memory>
#include <mutex>
#include <utility>

#include "result.h"
#include "thread_pool.h"

namespace latchkey {

// While it is on, a promise keeps the process alive. Thread: main.
struct Hold {
  bool is_on = true;
};

// One per Node environment (the main thread, and each worker thread that loads the addon); it outlives the environment
// as long as work is under way, and then drops what comes too late.
class PromiseWorker : public std::enable_shared_from_this<PromiseWorker> {
 public:
  // Thread: main.
  static std::shared_ptr<PromiseWorker> Create(Napi::Env env) {
    std::shared_ptr<PromiseWorker> worker(new PromiseWorker);
    const napi_status status =
        napi_create_threadsafe_function(env, nullptr, nullptr, Napi::String::New(env, "latchkey"), 0, 1, nullptr,
                                        nullptr, nullptr, &PromiseWorker::OnDone, &worker->done_);
    if (status != napi_ok) return nullptr;
    // Only pending promises keep the process alive, see Count.
    napi_unref_threadsafe_function(env, worker->done_);
    // Hooks run last in, first out: this one stops our threads from using `done_` before Node itself closes it.
    env.AddCleanupHook([worker] { worker->Close(); });
    return worker;
  }

  // Runs `work` on one of our threads and resolves with what `convert` makes of its value, or rejects with the
  // properties of NativeFailure in lib/native/contract.ts. `work` must not touch Node-API. Whoever may lose interest
  // before it is done brings a `hold`, for LetGo.
  // Thread: main.
  template <class T>
  Napi::Value Run(Napi::Env env, std::function<Result<T>()> work, std::function<Napi::Value(Napi::Env, T&)> convert,
                  ThreadPool& pool = ThreadPool::Shared(), std::shared_ptr<Hold> hold = nullptr) {
    auto deferred = Napi::Promise::Deferred::New(env);
    auto job = std::make_shared<Job<T>>(deferred, std::move(work), std::move(convert));
    job->worker = shared_from_this();
    job->hold = hold ? std::move(hold) : std::make_shared<Hold>();
    Count(env, +1);
    if (!pool.Submit([job]() mutable { Execute(std::move(job)); })) {
      LetGo(env, *job->hold);
      deferred.Reject(ToError(env, {"FAILED", "thread", 0, 0, "no thread can be started"}));
    }
    return deferred.Promise();
  }

  // The promise settles as before, but the process does not stay for it. Calling it again does nothing.
  // Thread: main.
  void LetGo(napi_env env, Hold& hold) {
    if (!hold.is_on) return;
    hold.is_on = false;
    Count(env, -1);
  }

  // For what is refused before there is any work.
  // Thread: main.
  static Napi::Value Rejected(Napi::Env env, const NativeError& failure) {
    auto deferred = Napi::Promise::Deferred::New(env);
    deferred.Reject(ToError(env, failure));
    return deferred.Promise();
  }

 private:
  struct AnyJob {
    virtual ~AnyJob() = default;
    virtual void Work() = 0;                 // Thread: pool.
    virtual void Settle(Napi::Env env) = 0;  // Thread: main.
    std::shared_ptr<PromiseWorker> worker;
    std::shared_ptr<Hold> hold;
  };

  template <class T>
  struct Job final : AnyJob {
    Job(Napi::Promise::Deferred deferred, std::function<Result<T>()> work,
        std::function<Napi::Value(Napi::Env, T&)> convert)
        : deferred(deferred), work(std::move(work)), convert(std::move(convert)) {}
    void Work() override {
      result.emplace(work());
      work = nullptr;
    }
    void Settle(Napi::Env env) override {
      if (!result->ok()) return deferred.Reject(ToError(env, result->error()));
      Napi::Value value = convert(env, result->value());
      if (env.IsExceptionPending()) {
        deferred.Reject(env.GetAndClearPendingException().Value());
      } else {
        deferred.Resolve(value);
      }
    }
    Napi::Promise::Deferred deferred;
    std::function<Result<T>()> work;
    std::function<Napi::Value(Napi::Env, T&)> convert;
    std::optional<Result<T>> result;
  };

  PromiseWorker() = default;

  // Thread: pool. A job whose environment is gone is destroyed here, and with it what it acquired.
  static void Execute(std::shared_ptr<AnyJob> job) {
    job->Work();
    const std::shared_ptr<PromiseWorker> worker = job->worker;  // outlives the guard
    std::lock_guard<std::mutex> guard(worker->mutex_);
    if (worker->closed_) return;
    auto* queued = new std::shared_ptr<AnyJob>(std::move(job));
    if (napi_call_threadsafe_function(worker->done_, queued, napi_tsfn_nonblocking) != napi_ok) {
      delete queued;
    }
  }

  // Thread: main. `env` is null when the environment is being torn down with jobs still queued.
  static void OnDone(napi_env env, napi_value, void*, void* data) {
    std::unique_ptr<std::shared_ptr<AnyJob>> job(static_cast<std::shared_ptr<AnyJob>*>(data));
    if (env == nullptr) return;
    (*job)->worker->LetGo(env, *(*job)->hold);
    (*job)->Settle(env);
  }

  // Thread: main. While a promise that is held is pending, so is the event loop.
  void Count(napi_env env, int change) {
    const int before = pending_;
    pending_ += change;
    if (before == 0) napi_ref_threadsafe_function(env, done_);
    if (pending_ == 0) napi_unref_threadsafe_function(env, done_);
  }

  void Close() {
    std::lock_guard<std::mutex> guard(mutex_);
    closed_ = true;
  }

  static Napi::Value ToError(Napi::Env env, const NativeError& failure) {
    Napi::Error error = Napi::Error::New(env, std::string(failure.call) + ": " + failure.message);
    error.Set("code", Napi::String::New(env, failure.code));
    error.Set("call", Napi::String::New(env, failure.call));
    error.Set("status", Napi::Number::New(env, static_cast<double>(failure.status)));
    error.Set("minorStatus", Napi::Number::New(env, static_cast<double>(failure.minor_status)));
    return error.Value();
  }

  std::mutex mutex_;
  bool closed_ = false;  // guarded by mutex_
  napi_threadsafe_function done_ = nullptr;
  int pending_ = 0;  // main thread only
};

}  // namespace latchkey
