// Reads what JavaScript hands over.
#include "bindings.h"

namespace latchkey {

Napi::Value WrongArguments(Napi::Env env) {
  // Unless reading them has thrown already, as a getter may.
  if (!env.IsExceptionPending()) Napi::TypeError::New(env, "wrong arguments").ThrowAsJavaScriptException();
  return env.Undefined();
}

bool ReadText(Napi::Value value, std::string* text) {
  if (value.IsEmpty() || !value.IsString()) return false;
  *text = value.As<Napi::String>().Utf8Value();
  return text->find('\0') == std::string::npos;
}

bool ReadText(Napi::Object object, const char* name, std::string* text) { return ReadText(object.Get(name), text); }

bool IsBytes(Napi::Value value) {
  return !value.IsEmpty() && value.IsTypedArray() && value.As<Napi::TypedArray>().TypedArrayType() == napi_uint8_array;
}

SecretBytes Bytes(Napi::Value value) {
  const auto array = value.As<Napi::Uint8Array>();
  return SecretBytes(array.Data(), array.ByteLength());
}

Napi::Value ToBuffer(Napi::Env env, const SecretBytes& bytes) {
  return Napi::Buffer<uint8_t>::Copy(env, bytes.data(), bytes.size());
}

}  // namespace latchkey
