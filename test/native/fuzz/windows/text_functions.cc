// MultiByteToWideChar and WideCharToMultiByte for UTF-8, as Windows documents them.
#include "../expect.h"
#include "windows.h"

namespace {

constexpr uint32_t kReplacement = 0xFFFD;
constexpr uint32_t kWrong = 0xFFFFFFFF;

// One character and how many bytes it takes; kWrong, and one byte, for what is none.
uint32_t Decode(const uint8_t* bytes, int size, int* length) {
  *length = 1;
  const uint8_t first = bytes[0];
  if (first < 0x80) return first;
  const int more = first >= 0xF0 && first < 0xF8   ? 3
                   : first >= 0xE0 && first < 0xF0 ? 2
                   : first >= 0xC2 && first < 0xE0 ? 1
                                                   : 0;
  if (more == 0 || more >= size) return kWrong;
  uint32_t character = first & (0x3Fu >> more);
  for (int i = 1; i <= more; ++i) {
    if ((bytes[i] & 0xC0) != 0x80) return kWrong;
    character = character << 6 | (bytes[i] & 0x3Fu);
  }
  const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
  if (character < least[more] || character > 0x10FFFF || (character >= 0xD800 && character < 0xE000)) return kWrong;
  *length = more + 1;
  return character;
}

// Writes as far as there is room, and fails where there is none: as Windows does.
template <class Unit>
class Output {
 public:
  Output(Unit* units, int capacity) : units_(units), capacity_(capacity) {}
  void Put(uint32_t unit) {
    if (capacity_ > 0 && count_ < capacity_) units_[count_] = static_cast<Unit>(unit);
    ++count_;
  }
  int count() const { return capacity_ > 0 && count_ > capacity_ ? 0 : count_; }

 private:
  Unit* units_;
  int capacity_;
  int count_ = 0;
};

}  // namespace

int MultiByteToWideChar(unsigned page, unsigned flags, const char* bytes, int size, wchar_t* units, int capacity) {
  // A negative size would mean a text that ends with a null byte.
  Expect(page == CP_UTF8 && size >= 0);
  Output<wchar_t> output(units, capacity);
  const auto* text = reinterpret_cast<const uint8_t*>(bytes);
  for (int at = 0, length = 0; at < size; at += length) {
    uint32_t character = Decode(text + at, size - at, &length);
    if (character == kWrong && (flags & MB_ERR_INVALID_CHARS) != 0) return 0;
    if (character == kWrong) character = kReplacement;
    if (character >= 0x10000) {
      output.Put(0xD800 + ((character - 0x10000) >> 10));
      output.Put(0xDC00 + ((character - 0x10000) & 0x3FF));
    } else {
      output.Put(character);
    }
  }
  return output.count();
}

int WideCharToMultiByte(unsigned page, unsigned, const wchar_t* units, int size, char* bytes, int capacity,
                        const char* replacement, int* is_replaced) {
  // UTF-8 takes neither.
  Expect(page == CP_UTF8 && size >= 0 && replacement == nullptr && is_replaced == nullptr);
  Output<char> output(bytes, capacity);
  for (int at = 0; at < size; ++at) {
    uint32_t unit = static_cast<uint32_t>(units[at]) & 0xFFFF;
    const uint32_t next = at + 1 < size ? static_cast<uint32_t>(units[at + 1]) & 0xFFFF : 0;
    if (unit >= 0xD800 && unit < 0xDC00 && next >= 0xDC00 && next < 0xE000) {
      unit = 0x10000 + ((unit - 0xD800) << 10) + (next - 0xDC00);
      ++at;
    } else if (unit >= 0xD800 && unit < 0xE000) {
      unit = kReplacement;
    }
    if (unit < 0x80) {
      output.Put(unit);
    } else {
      const int more = unit < 0x800 ? 1 : unit < 0x10000 ? 2 : 3;
      output.Put((0xFF00u >> (more + 1) & 0xFF) | unit >> (6 * more));
      for (int i = more - 1; i >= 0; --i) output.Put(0x80 | (unit >> (6 * i) & 0x3F));
    }
  }
  return output.count();
}
