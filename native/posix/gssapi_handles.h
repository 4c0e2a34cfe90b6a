// Owners of what GSSAPI hands out: each frees its own when it goes.
#pragma once

#include <string>
#include <utility>

#include "../secret_bytes.h"
#include "gssapi_library.h"

namespace latchkey::gssapi {

template <class Handle, Word (*Library::*release)(Word*, Handle*)>
class Owned {
 public:
  explicit Owned(const Library* library) : library_(library) {}
  ~Owned() { Reset(); }
  Owned(Owned&& other) noexcept : library_(other.library_), handle_(std::exchange(other.handle_, nullptr)) {}
  Owned& operator=(Owned&& other) noexcept {
    std::swap(library_, other.library_);
    std::swap(handle_, other.handle_);
    return *this;
  }

  Handle get() const { return handle_; }
  Handle* out() { return &handle_; }
  void Reset() {
    Word minor = 0;
    if (handle_ != nullptr) (library_->*release)(&minor, &handle_);
    handle_ = nullptr;
  }

 private:
  const Library* library_;
  Handle handle_ = nullptr;
};

using Name = Owned<NameHandle, &Library::release_name>;
using Credential = Owned<CredentialHandle, &Library::release_cred>;

class Context {
 public:
  explicit Context(const Library* library) : library_(library) {}
  ~Context() {
    Word minor = 0;
    if (handle_ != nullptr) library_->delete_sec_context(&minor, &handle_, nullptr);
  }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  ContextHandle* out() { return &handle_; }

 private:
  const Library* library_;
  ContextHandle handle_ = nullptr;
};

// What a call wrote for us. Wiped, since it may be a token.
class Output {
 public:
  explicit Output(const Library* library) : library_(library) {}
  ~Output() {
    Word minor = 0;
    if (buffer_.value == nullptr) return;
    Wipe(buffer_.value, buffer_.length);
    library_->release_buffer(&minor, &buffer_);
  }
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  Buffer* out() { return &buffer_; }
  SecretBytes Bytes() const { return buffer_.length == 0 ? SecretBytes() : SecretBytes(buffer_.value, buffer_.length); }
  std::string Text() const {
    return buffer_.length == 0 ? std::string() : std::string(static_cast<const char*>(buffer_.value), buffer_.length);
  }

 private:
  const Library* library_;
  Buffer buffer_{0, nullptr};
};

}  // namespace latchkey::gssapi
