# Builds the addon for macOS on Linux with Debian's clang and lld: scripts/prebuilds/build.mjs hands this file to CMake, with the
# processor in LATCHKEY_MACOS_ARCH, the oldest macOS in LATCHKEY_MACOS_FLOOR, and a folder in LATCHKEY_MACOS_SYSROOT that has
# Apple's C headers in include/ and the lists of libSystem's and libc++'s functions in usr/lib/.
set(CMAKE_SYSTEM_NAME Darwin)
set(CMAKE_SYSTEM_PROCESSOR $ENV{LATCHKEY_MACOS_ARCH})
set(SYSROOT $ENV{LATCHKEY_MACOS_SYSROOT})

set(LLVM /usr/lib/llvm-14)
# Debian's headers of libc++ with the library of macOS: its binary interface is the same, and they know which macOS has what.
set(CMAKE_CXX_COMPILER ${LLVM}/bin/clang++ -target $ENV{LATCHKEY_MACOS_ARCH}-apple-macos$ENV{LATCHKEY_MACOS_FLOOR}
  -nostdinc -nostdinc++ -isystem ${LLVM}/include/c++/v1 -isystem ${LLVM}/lib/clang/14.0.6/include -isystem ${SYSROOT}/include
  -Wno-unused-command-line-argument -stdlib=libc++ -mlinker-version=609 -isysroot ${SYSROOT} --ld-path=${LLVM}/bin/ld64.lld)

# There is no SDK to look for, and none of its tools to try the compiler with.
set(CMAKE_OSX_SYSROOT "")
set(CMAKE_OSX_DEPLOYMENT_TARGET "")
set(CMAKE_OSX_ARCHITECTURES "")
set(CMAKE_CXX_COMPILER_FORCED 1)
set(CMAKE_CXX_COMPILER_ID Clang)
set(CMAKE_CXX_COMPILER_VERSION 14.0.6)
set(CMAKE_CXX_COMPILER_FRONTEND_VARIANT GNU)
set(CMAKE_HAVE_LIBC_PTHREAD 1)
