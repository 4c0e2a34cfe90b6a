// Conversations through SSPI: the package Negotiate, which chooses Kerberos or NTLM, or Kerberos alone.
#include <windows.h>

#define SECURITY_WIN32
#include <security.h>

#include <utility>

#include "../negotiate.h"
#include "channel_bindings_sspi.h"
#include "errors_sspi.h"
#include "utf8_windows.h"

namespace latchkey {
namespace {

// What MaxTokenSize can be set to at most; a Kerberos ticket of somebody in many groups comes near it.
constexpr unsigned long kMaxTokenBytes = 65535;

// Never ISC_REQ_DELEGATE. Integrity lets both sides notice that a list of mechanisms was cut short on the way.
constexpr unsigned long kRequest = ISC_REQ_CONNECTION | ISC_REQ_MUTUAL_AUTH | ISC_REQ_INTEGRITY;

// Owns: the handle of the credentials.
class Credentials {
 public:
  Credentials() = default;
  ~Credentials() {
    if (acquired_) FreeCredentialsHandle(&handle_);
  }
  Credentials(const Credentials&) = delete;
  Credentials& operator=(const Credentials&) = delete;

  // With a null `identity`: those of who is signed in.
  SECURITY_STATUS Acquire(const wchar_t* package, SEC_WINNT_AUTH_IDENTITY_W* identity) {
    TimeStamp expiry;
    const SECURITY_STATUS status =
        AcquireCredentialsHandleW(nullptr, const_cast<wchar_t*>(package), SECPKG_CRED_OUTBOUND, nullptr, identity,
                                  nullptr, nullptr, &handle_, &expiry);
    acquired_ = status == SEC_E_OK;
    return status;
  }
  CredHandle* get() { return &handle_; }

 private:
  CredHandle handle_{};
  bool acquired_ = false;
};

// The name of the package that SSPI has settled on, as far as it says so.
Mechanism MechanismOf(CtxtHandle* context) {
  SecPkgContext_NegotiationInfoW info{};
  if (QueryContextAttributesW(context, SECPKG_ATTR_NEGOTIATION_INFO, &info) != SEC_E_OK) return Mechanism::kUnknown;
  if (info.PackageInfo == nullptr) return Mechanism::kUnknown;
  Mechanism mechanism = Mechanism::kUnknown;
  if (lstrcmpiW(info.PackageInfo->Name, L"Kerberos") == 0) mechanism = Mechanism::kKerberos;
  if (lstrcmpiW(info.PackageInfo->Name, L"NTLM") == 0) mechanism = Mechanism::kNtlm;
  FreeContextBuffer(info.PackageInfo);
  return mechanism;
}

class SspiContext final : public SecurityContext {
 public:
  explicit SspiContext(const NegotiateTarget& target)
      : service_(ToUtf16(target.service_principal_name)),
        allow_ntlm_(target.allow_ntlm),
        bindings_(ChannelBindingsBuffer(target.channel_bindings)) {}

  ~SspiContext() override {
    if (started_) DeleteSecurityContext(&context_);
  }

  Result<Done> Acquire(const NegotiateCredentials& credentials) {
    // Not Negotiate with a list that leaves NTLM out: the services of Windows and of GSSAPI take Kerberos's own token
    // under the name Negotiate too (MS-SPNG § 3.2.5.2), and with one package there is nothing to fall back to.
    const wchar_t* package = allow_ntlm_ ? L"Negotiate" : L"Kerberos";
    if (!credentials.has_password_part()) return Acquired(credentials_.Acquire(package, nullptr));

    std::wstring username = ToUtf16(credentials.username);
    std::wstring domain = ToUtf16(credentials.domain);
    std::optional<SecretBytes> password = ToUtf16(credentials.password);
    if (!password) return NativeError{"FAILED", "MultiByteToWideChar", ERROR_NO_UNICODE_TRANSLATION, 0, "not UTF-8"};
    SEC_WINNT_AUTH_IDENTITY_W identity{};
    identity.Flags = SEC_WINNT_AUTH_IDENTITY_UNICODE;
    identity.User = reinterpret_cast<unsigned short*>(username.data());
    identity.UserLength = static_cast<unsigned long>(username.size());
    identity.Domain = reinterpret_cast<unsigned short*>(domain.data());
    identity.DomainLength = static_cast<unsigned long>(domain.size());
    identity.Password = reinterpret_cast<unsigned short*>(password->data());
    identity.PasswordLength = static_cast<unsigned long>(password->size() / sizeof(wchar_t));
    return Acquired(credentials_.Acquire(package, &identity));
  }

  Result<NegotiateStep> Step(const SecretBytes& input) override {
    SecBuffer in[2];
    SecBufferDesc in_list{SECBUFFER_VERSION, 0, in};
    // SSPI only reads them, but takes them as if it wrote.
    const auto add = [&](unsigned long type, const SecretBytes& bytes) {
      in[in_list.cBuffers++] = {static_cast<unsigned long>(bytes.size()), type, const_cast<uint8_t*>(bytes.data())};
    };
    if (started_) add(SECBUFFER_TOKEN, input);
    if (!bindings_.empty()) add(SECBUFFER_CHANNEL_BINDINGS, bindings_);

    SecretBytes token(kMaxTokenBytes);
    SecBuffer out{kMaxTokenBytes, SECBUFFER_TOKEN, token.data()};
    SecBufferDesc out_list{SECBUFFER_VERSION, 1, &out};
    unsigned long granted = 0;
    TimeStamp expiry;
    SECURITY_STATUS status = InitializeSecurityContextW(
        credentials_.get(), started_ ? &context_ : nullptr, service_.data(), kRequest, 0, SECURITY_NATIVE_DREP,
        in_list.cBuffers == 0 ? nullptr : &in_list, 0, &context_, &out_list, &granted, &expiry);
    // After a failure `out` still says what it said before the call, and must not be read.
    if (status < 0) return SspiError("InitializeSecurityContextW", status);
    started_ = true;
    if (status == SEC_I_COMPLETE_NEEDED || status == SEC_I_COMPLETE_AND_CONTINUE) {
      const SECURITY_STATUS completed = CompleteAuthToken(&context_, &out_list);
      if (completed < 0) return SspiError("CompleteAuthToken", completed);
    }

    NegotiateStep step;
    step.complete = status == SEC_E_OK || status == SEC_I_COMPLETE_NEEDED;
    step.mechanism = MechanismOf(&context_);
    step.mutual = step.complete && (granted & ISC_RET_MUTUAL_AUTH) != 0;
    step.output = SecretBytes(token.data(), out.cbBuffer);
    return step;
  }

 private:
  static Result<Done> Acquired(SECURITY_STATUS status) {
    if (status != SEC_E_OK) return SspiError("AcquireCredentialsHandleW", status);
    return Done{};
  }

  std::wstring service_;
  bool allow_ntlm_;
  SecretBytes bindings_;
  Credentials credentials_;
  CtxtHandle context_{};
  bool started_ = false;  // `context_` is one that has to be deleted
};

}  // namespace

Result<std::unique_ptr<SecurityContext>> OpenSecurityContext(NegotiateTarget target) {
  if (target.credentials.has_kerberos_part()) {
    return NativeError{"UNAVAILABLE", "open", 0, 0, "Windows has neither keytabs nor credential caches"};
  }
  auto context = std::make_unique<SspiContext>(target);
  Result<Done> acquired = context->Acquire(target.credentials);
  if (!acquired.ok()) return acquired.error();
  return std::unique_ptr<SecurityContext>(std::move(context));
}

}  // namespace latchkey
