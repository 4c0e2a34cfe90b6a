// Conversations on Linux and macOS: gss_init_sec_context with SPNEGO.
#include <utility>

#include "../negotiate.h"
#include "errors_gssapi.h"
#include "gssapi_credentials.h"
#include "gssapi_handles.h"

namespace latchkey {
namespace gssapi {
namespace {

// Never GSS_C_DELEG_FLAG. SPNEGO needs integrity to protect its choice of a mechanism.
constexpr Word kFlags = kMutualFlag | kReplayFlag | kSequenceFlag | kIntegrityFlag;

Mechanism MechanismOf(const Oid* mechanism) {
  if (AreEqual(mechanism, kKerberos) || AreEqual(mechanism, kKerberosOfMicrosoft)) return Mechanism::kKerberos;
  return AreEqual(mechanism, kNtlm) ? Mechanism::kNtlm : Mechanism::kUnknown;
}

class GssapiContext final : public SecurityContext {
 public:
  GssapiContext(const Library* library, NegotiateTarget target, Name service)
      : library_(library),
        target_(std::move(target)),
        service_(std::move(service)),
        credential_(library),
        context_(library) {}

  bool AcquiresWithoutServer() const { return target_.credentials.client_keytab.empty(); }

  Result<Done> AcquireCredential() {
    Result<Credential> acquired = Acquire(*library_, target_.credentials, &kSpnego, target_.allow_ntlm);
    if (!acquired.ok()) return Explain(acquired.error());
    credential_ = std::move(acquired.value());
    return Done{};
  }

  Result<NegotiateStep> Step(const SecretBytes& input) override {
    if (credential_.get() == nullptr) {
      Result<Done> acquired = AcquireCredential();
      if (!acquired.ok()) return acquired.error();
    }
    Output output(library_);
    Oid* mechanism = nullptr;
    Word flags = 0, minor = 0;
    const Word major = Initiate(credential_.get(), &context_, &kSpnego, input, &mechanism, &output, &flags, &minor);
    if (ErrorOf(major) != 0) {
      NativeError error = StatusError(*library_, "gss_init_sec_context", major, minor, &kSpnego);
      return input.empty() ? Explain(std::move(error)) : error;
    }
    NegotiateStep step;
    step.output = output.Bytes();
    step.complete = (major & kContinueNeeded) == 0;
    step.mechanism = MechanismOf(mechanism);
    step.mutual = step.complete && (flags & kMutualFlag) != 0;
    // The credentials allow nothing else already; what is not allowed does not leave this place.
    if (!target_.allow_ntlm && step.mechanism == Mechanism::kNtlm) {
      return NativeError{"DENIED", "gss_init_sec_context", major, 0, "NTLM was chosen, which is not allowed"};
    }
    return step;
  }

 private:
  Word Initiate(CredentialHandle credential, Context* context, Oid* wanted, const SecretBytes& input, Oid** mechanism,
                Output* output, Word* flags, Word* minor) {
    ChannelBindings bindings{};
    bindings.application_data = Buffer{target_.channel_bindings.size(), target_.channel_bindings.data()};
    Buffer received{input.size(), const_cast<uint8_t*>(input.data())};
    return library_->init_sec_context(minor, credential, context->out(), service_.get(), wanted, kFlags, kIndefinite,
                                      target_.channel_bindings.empty() ? nullptr : &bindings, &received, mechanism,
                                      output->out(), flags, nullptr);
  }

  // SPNEGO's own status says nothing about why, so the Kerberos mechanism is asked the same thing.
  NativeError Explain(NativeError failure) {
    Result<Credential> credential = Acquire(*library_, target_.credentials, &kKerberos, false);
    if (!credential.ok()) return credential.error();
    Context context(library_);
    Output output(library_);
    Oid* mechanism = nullptr;
    Word flags = 0, minor = 0;
    const Word major =
        Initiate(credential.value().get(), &context, &kKerberos, SecretBytes(), &mechanism, &output, &flags, &minor);
    if (ErrorOf(major) == 0) return failure;
    return StatusError(*library_, "gss_init_sec_context", major, minor, &kKerberos);
  }

  const Library* library_;
  NegotiateTarget target_;
  Name service_;
  Credential credential_;
  Context context_;
};

}  // namespace
}  // namespace gssapi

Result<std::unique_ptr<SecurityContext>> OpenSecurityContext(NegotiateTarget target) {
  Result<const gssapi::Library*> library = gssapi::Library::Open();
  if (!library.ok()) return library.error();
  Result<Done> usable = gssapi::CheckUsable(*library.value(), target.credentials);
  if (!usable.ok()) return usable.error();
  Result<gssapi::Name> service = gssapi::ImportService(*library.value(), target.service_principal_name);
  if (!service.ok()) return service.error();
  auto context =
      std::make_unique<gssapi::GssapiContext>(library.value(), std::move(target), std::move(service.value()));
  if (context->AcquiresWithoutServer()) {
    Result<Done> acquired = context->AcquireCredential();
    if (!acquired.ok()) return acquired.error();
  }
  return std::unique_ptr<SecurityContext>(std::move(context));
}

Result<std::optional<std::string>> CurrentUser(const NegotiateCredentials& credentials) {
  Result<std::optional<CredentialStatus>> status = InspectCredentials(credentials);
  if (!status.ok()) return status.error();
  if (!status.value()) return std::optional<std::string>();
  return std::optional<std::string>(std::move(status.value()->principal));
}

}  // namespace latchkey
