// The functions of netapi32.dll that say what the device is joined to, as a table, so that a test can hand in others.
#pragma once

#include <windows.h>

#include "../device.h"

namespace latchkey {

// The beginning of DSREG_JOIN_INFO of lmjoin.h, which mingw-w64 does not have.
struct AadJoinInfo {
  int join_type;
  const void* certificate;
  const wchar_t* device_id;
  const wchar_t* idp_domain;
  const wchar_t* tenant_id;
};

// Those about Entra ID are null before Windows 10, and in Wine.
struct JoinFunctions {
  unsigned long(WINAPI* get_join_information)(const wchar_t* server, wchar_t** name, int* status);
  unsigned long(WINAPI* free_buffer)(void* buffer);
  HRESULT(WINAPI* get_aad_join_information)(const wchar_t* tenant_id, AadJoinInfo** info);
  void(WINAPI* free_aad_join_information)(AadJoinInfo* info);
};

Result<JoinState> ReadJoinState(const JoinFunctions& functions);

}  // namespace latchkey
