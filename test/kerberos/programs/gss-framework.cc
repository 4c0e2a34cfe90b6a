// Stands in for macOS's GSS.framework: the functions that it exports, answered by MIT Kerberos, and none of MIT's own.
#include <dlfcn.h>

#include <cstdint>

namespace {

template <class... Arguments>
uint32_t Forward(const char* name, Arguments... arguments) {
  static void* library = dlopen("libgssapi_krb5.so.2", RTLD_NOW | RTLD_LOCAL);
  return reinterpret_cast<uint32_t (*)(Arguments...)>(dlsym(library, name))(arguments...);
}

using Pointer = void*;

}  // namespace

extern "C" {
uint32_t gss_import_name(Pointer a, Pointer b, Pointer c, Pointer d) { return Forward("gss_import_name", a, b, c, d); }
uint32_t gss_display_name(Pointer a, Pointer b, Pointer c, Pointer d) {
  return Forward("gss_display_name", a, b, c, d);
}
uint32_t gss_release_name(Pointer a, Pointer b) { return Forward("gss_release_name", a, b); }
uint32_t gss_acquire_cred(Pointer a, Pointer b, uint32_t c, Pointer d, int e, Pointer f, Pointer g, Pointer h) {
  return Forward("gss_acquire_cred", a, b, c, d, e, f, g, h);
}
uint32_t gss_inquire_cred(Pointer a, Pointer b, Pointer c, Pointer d, Pointer e, Pointer f) {
  return Forward("gss_inquire_cred", a, b, c, d, e, f);
}
uint32_t gss_release_cred(Pointer a, Pointer b) { return Forward("gss_release_cred", a, b); }
uint32_t gss_init_sec_context(Pointer a, Pointer b, Pointer c, Pointer d, Pointer e, uint32_t f, uint32_t g, Pointer h,
                              Pointer i, Pointer j, Pointer k, Pointer l, Pointer m) {
  return Forward("gss_init_sec_context", a, b, c, d, e, f, g, h, i, j, k, l, m);
}
uint32_t gss_delete_sec_context(Pointer a, Pointer b, Pointer c) { return Forward("gss_delete_sec_context", a, b, c); }
uint32_t gss_release_buffer(Pointer a, Pointer b) { return Forward("gss_release_buffer", a, b); }
uint32_t gss_display_status(Pointer a, uint32_t b, int c, Pointer d, Pointer e, Pointer f) {
  return Forward("gss_display_status", a, b, c, d, e, f);
}
}
