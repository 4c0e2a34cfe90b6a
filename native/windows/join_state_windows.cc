// What the device is joined to, asked of netapi32.dll, which is loaded when somebody wants to know.
#include "join_state_windows.h"

#include "errors_windows.h"
#include "utf8_windows.h"

namespace latchkey {
namespace {

constexpr int kSetupDomainName = 3;  // NETSETUP_JOIN_STATUS: NetSetupDomainName
constexpr int kDeviceJoin = 1;       // DSREG_JOIN_TYPE: DSREG_DEVICE_JOIN
constexpr int kWorkplaceJoin = 2;    // DSREG_JOIN_TYPE: DSREG_WORKPLACE_JOIN

std::string Text(const wchar_t* text) { return text == nullptr ? "" : ToUtf8(text); }

template <class Function>
void Find(HMODULE library, const char* name, Function* function) {
  *function = reinterpret_cast<Function>(reinterpret_cast<void*>(GetProcAddress(library, name)));
}

}  // namespace

Result<JoinState> ReadJoinState(const JoinFunctions& functions) {
  wchar_t* name = nullptr;
  int status = 0;
  const unsigned long error = functions.get_join_information(nullptr, &name, &status);
  if (error != 0) return WindowsError("NetGetJoinInformation", error);
  // The name of a workgroup is nobody's business.
  const bool in_domain = status == kSetupDomainName;
  JoinState state;
  if (in_domain) state = {JoinKind::kDomain, Text(name), ""};
  if (name != nullptr) functions.free_buffer(name);

  if (functions.get_aad_join_information == nullptr || functions.free_aad_join_information == nullptr) return state;
  AadJoinInfo* info = nullptr;
  const HRESULT result = functions.get_aad_join_information(nullptr, &info);
  if (FAILED(result)) return WindowsError("NetGetAadJoinInformation", static_cast<unsigned long>(result));
  if (info == nullptr) return state;
  if (info->join_type == kDeviceJoin || info->join_type == kWorkplaceJoin) {
    const bool whole_device = info->join_type == kDeviceJoin;
    if (in_domain) {
      if (whole_device) state.kind = JoinKind::kHybrid;
    } else {
      state.kind = whole_device ? JoinKind::kEntra : JoinKind::kWorkplace;
      state.domain = Text(info->idp_domain);
    }
    state.tenant_id = Text(info->tenant_id);
  }
  functions.free_aad_join_information(info);
  return state;
}

Result<JoinState> ReadJoinState() {
  // Only from the folder of Windows: a library of this name beside the program could be anybody's.
  const HMODULE library = LoadLibraryExW(L"netapi32.dll", nullptr, LOAD_LIBRARY_SEARCH_SYSTEM32);
  if (library == nullptr) return WindowsError("LoadLibraryExW", GetLastError());
  JoinFunctions functions{};
  Find(library, "NetGetJoinInformation", &functions.get_join_information);
  Find(library, "NetApiBufferFree", &functions.free_buffer);
  Find(library, "NetGetAadJoinInformation", &functions.get_aad_join_information);
  Find(library, "NetFreeAadJoinInformation", &functions.free_aad_join_information);
  if (functions.get_join_information == nullptr || functions.free_buffer == nullptr) {
    FreeLibrary(library);
    return WindowsError("GetProcAddress", ERROR_PROC_NOT_FOUND);
  }
  Result<JoinState> state = ReadJoinState(functions);
  FreeLibrary(library);
  return state;
}

}  // namespace latchkey
