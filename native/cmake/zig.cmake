# Builds the addon with zig, for systems that no compiler of Debian's builds for: scripts/prebuilds/build.mjs hands this file
# to CMake, with the program in LATCHKEY_ZIG and the target, such as x86_64-linux-musl, in LATCHKEY_ZIG_TARGET.
set(ZIG_TARGET $ENV{LATCHKEY_ZIG_TARGET})
if(ZIG_TARGET MATCHES "-windows-")
  set(CMAKE_SYSTEM_NAME Windows)
else()
  set(CMAKE_SYSTEM_NAME Linux)
endif()
string(REGEX MATCH "^[^-]+" CMAKE_SYSTEM_PROCESSOR "${ZIG_TARGET}")

set(CMAKE_CXX_COMPILER "$ENV{LATCHKEY_ZIG}" c++ -target ${ZIG_TARGET} -fno-sanitize=undefined -g0)
# Trying the compiler would cost minutes, since zig builds its C++ library anew for each set of flags. So CMake is told.
set(CMAKE_CXX_COMPILER_FORCED 1)
set(CMAKE_CXX_COMPILER_ID Clang)
set(CMAKE_CXX_COMPILER_VERSION 16.0.6)
set(CMAKE_CXX_COMPILER_FRONTEND_VARIANT GNU)
set(CMAKE_HAVE_LIBC_PTHREAD 1)
