// Bytes that are wiped when nobody needs them any more: passwords, tokens, what tokens are made from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace latchkey {

// Overwrites memory in a way that no compiler leaves out. One implementation a platform.
void Wipe(void* data, std::size_t size);

// A fixed number of bytes; they can be moved but not copied, so that there is one place to wipe.
class SecretBytes {
 public:
  SecretBytes() = default;
  explicit SecretBytes(std::size_t size) : bytes_(size) {}
  SecretBytes(const void* data, std::size_t size)
      : bytes_(static_cast<const uint8_t*>(data), static_cast<const uint8_t*>(data) + size) {}
  ~SecretBytes() { Wipe(bytes_.data(), bytes_.size()); }

  SecretBytes(SecretBytes&& other) noexcept = default;
  SecretBytes& operator=(SecretBytes&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;

  uint8_t* data() { return bytes_.data(); }
  const uint8_t* data() const { return bytes_.data(); }
  std::size_t size() const { return bytes_.size(); }
  bool empty() const { return bytes_.empty(); }

 private:
  std::vector<uint8_t> bytes_;
};

}  // namespace latchkey
