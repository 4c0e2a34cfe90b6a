// Stands in for the part of Windows that utf8_windows.cc and wipe_windows.cc use. A wchar_t is a unit of UTF-16 here as
// well, in the lower half of its 32 bits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

constexpr unsigned CP_UTF8 = 65001;
constexpr unsigned MB_ERR_INVALID_CHARS = 8;

// The number of units that are written, or that would be when `capacity` is 0; 0 for a failure.
int MultiByteToWideChar(unsigned page, unsigned flags, const char* bytes, int size, wchar_t* units, int capacity);
int WideCharToMultiByte(unsigned page, unsigned flags, const wchar_t* units, int size, char* bytes, int capacity,
                        const char* replacement, int* is_replaced);

inline void SecureZeroMemory(void* data, std::size_t size) { std::memset(data, 0, size); }
