// What has to be true whatever a target is fed; libFuzzer reports the input for which it is not.
#pragma once

#include <cstdio>
#include <cstdlib>

// abort() and no other signal: our own threads block all that can be blocked.
#define Expect(condition)                                                          \
  do {                                                                             \
    if (!(condition)) {                                                            \
      std::fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                \
    }                                                                              \
  } while (false)
