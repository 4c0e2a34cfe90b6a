// What a target reads from a file: one folder a run, in the current one, and the input whole in the file.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>

#include "expect.h"

inline std::string TheFolder() {
  char name[] = "latchkey-fuzz-XXXXXX";
  Expect(mkdtemp(name) != nullptr);
  return name;
}

inline void Write(const std::string& path, const uint8_t* data, std::size_t size) {
  const int file = open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
  Expect(file >= 0);
  Expect(write(file, data, size) == static_cast<ssize_t>(size));
  close(file);
}
