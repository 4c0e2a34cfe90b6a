// What this device is joined to: decides whether its user can sign in without being asked. Windows only.
#pragma once

#include <string>

#include "result.h"

namespace latchkey {

enum class JoinKind {
  kNone,
  kDomain,     // an Active Directory
  kEntra,      // Microsoft Entra ID
  kHybrid,     // both
  kWorkplace,  // nothing but a work account that was added to a device of one's own
};

struct JoinState {
  JoinKind kind = JoinKind::kNone;
  std::string domain;     // the domain's NetBIOS name, "CONTOSO", or else the DNS name that Entra ID has for the tenant
  std::string tenant_id;  // a GUID as text; empty without Entra ID
};

// Thread: pool.
Result<JoinState> ReadJoinState();

}  // namespace latchkey
