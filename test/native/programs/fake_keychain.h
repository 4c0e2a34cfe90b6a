// What the stand-in for macOS's frameworks tells a test, beside what it has of theirs.
#pragma once

#include <cstdint>

extern "C" {
// How many objects have been created and not released.
long FakeLiveObjects();
// The next call of a function of this name answers `status` and does nothing else.
void FakeFailNext(const char* function, int32_t status);
// Another process adds the item between our look for it and our own adding.
void FakeAddBetween(const char* service, const char* account);
// The label of an item, or an empty text.
const char* FakeLabel(const char* service, const char* account);
}
