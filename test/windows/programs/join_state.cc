// Prints what ReadJoinState makes of answers that no test machine gives: a line each, and what was not freed.
#include <cstdio>
#include <cstring>

#include "../../../native/windows/join_state_windows.h"

namespace {

using latchkey::AadJoinInfo;
using latchkey::JoinFunctions;

struct Answers {
  const char* label;
  unsigned long error;
  int status;
  const wchar_t* name;
  HRESULT aad_result;
  int join_type;  // 0: the device has no such information
};

Answers answers;
int outstanding = 0;
wchar_t name_buffer[32];
const wchar_t kDeviceId[] = L"device", kIdpDomain[] = L"contoso.com", kTenantId[] = L"1111-2222";

// Laid out by the offsets that Windows's documents give for 64 bits, not by the structure that is under test.
unsigned char raw_info[96];

void Put(std::size_t offset, const void* pointer) { std::memcpy(raw_info + offset, &pointer, sizeof pointer); }

unsigned long WINAPI GetJoinInformation(const wchar_t* server, wchar_t** name, int* status) {
  if (server != nullptr) std::printf("asked another server\n");
  if (answers.error != 0) return answers.error;
  lstrcpyW(name_buffer, answers.name);
  *name = name_buffer;
  *status = answers.status;
  ++outstanding;
  return 0;
}

unsigned long WINAPI FreeBuffer(void* buffer) {
  if (buffer == name_buffer) --outstanding;
  lstrcpyW(name_buffer, L"freed");
  return 0;
}

HRESULT WINAPI GetAadJoinInformation(const wchar_t*, AadJoinInfo** info) {
  if (FAILED(answers.aad_result)) return answers.aad_result;
  if (answers.join_type == 0) return S_OK;
  std::memcpy(raw_info, &answers.join_type, sizeof answers.join_type);
  Put(16, kDeviceId);
  Put(24, kIdpDomain);
  Put(32, kTenantId);
  *info = reinterpret_cast<AadJoinInfo*>(raw_info);
  ++outstanding;
  return S_OK;
}

void WINAPI FreeAadJoinInformation(AadJoinInfo* info) {
  if (reinterpret_cast<unsigned char*>(info) == raw_info) --outstanding;
  std::memset(raw_info, 0, sizeof raw_info);
}

void Print(const Answers& given, const JoinFunctions& functions) {
  answers = given;
  outstanding = 0;
  auto state = latchkey::ReadJoinState(functions);
  if (state.ok()) {
    std::printf("%s: %d [%s] [%s]", given.label, static_cast<int>(state.value().kind), state.value().domain.c_str(),
                state.value().tenant_id.c_str());
  } else {
    std::printf("%s: %s %s %lld", given.label, state.error().code, state.error().call,
                static_cast<long long>(state.error().status));
  }
  std::printf(", %d not freed\n", outstanding);
}

}  // namespace

int main() {
  const JoinFunctions all{GetJoinInformation, FreeBuffer, GetAadJoinInformation, FreeAadJoinInformation};
  const JoinFunctions old{GetJoinInformation, FreeBuffer, nullptr, nullptr};
  Print({"workgroup", 0, 2, L"WORKGROUP", S_OK, 0}, all);
  Print({"domain", 0, 3, L"CONTOSO", S_OK, 0}, all);
  Print({"domain, old Windows", 0, 3, L"CONTOSO", S_OK, 1}, old);
  Print({"Entra", 0, 2, L"WORKGROUP", S_OK, 1}, all);
  Print({"both", 0, 3, L"CONTOSO", S_OK, 1}, all);
  Print({"work account", 0, 2, L"WORKGROUP", S_OK, 2}, all);
  Print({"domain and work account", 0, 3, L"CONTOSO", S_OK, 2}, all);
  Print({"unknown kind of join", 0, 2, L"WORKGROUP", S_OK, 9}, all);
  Print({"no answer", ERROR_ACCESS_DENIED, 0, L"", S_OK, 0}, all);
  Print({"no answer about Entra", 0, 3, L"CONTOSO", E_FAIL, 0}, all);
  return 0;
}
