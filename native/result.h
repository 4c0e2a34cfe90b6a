// What every native call gives back: a value, or the failure as the operating system reported it.
// No Node-API types here or in anything below addon.cc and promise_worker.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace latchkey {

// One failure. `code` is one of the words of NativeFailureCode in lib/native/contract.ts.
struct NativeError {
  const char* code;
  const char* call;          // the system call that failed
  int64_t status;            // errno, HRESULT or OSStatus, as the system gave it
  int64_t minor_status = 0;  // a second value where the system has one (GSSAPI)
  std::string message;       // the system's own text, UTF-8
};

// Either a value or an error; exceptions are off in this addon.
template <class T>
class Result {
 public:
  Result(T value) : value_(std::move(value)) {}            // NOLINT: meant to convert
  Result(NativeError error) : error_(std::move(error)) {}  // NOLINT: meant to convert

  bool ok() const { return value_.has_value(); }
  T& value() { return *value_; }
  const NativeError& error() const { return *error_; }

 private:
  std::optional<T> value_;
  std::optional<NativeError> error_;
};

// The value of calls that only succeed or fail.
struct Done {};

}  // namespace latchkey
