// Opening libxcb.
#include "xcb_library.h"

#include "../posix/dynamic_library.h"

namespace latchkey::xcb {
namespace {

constexpr const char* kLibraryName = "libxcb.so.1";

bool FindAll(void* handle, Library* library) {
  return Find(handle, "xcb_connect", &library->connect) &&
         Find(handle, "xcb_connection_has_error", &library->has_error) &&
         Find(handle, "xcb_disconnect", &library->disconnect) && Find(handle, "xcb_get_setup", &library->get_setup) &&
         Find(handle, "xcb_setup_roots_iterator", &library->roots) &&
         Find(handle, "xcb_screen_next", &library->next_screen) &&
         Find(handle, "xcb_intern_atom", &library->intern_atom) &&
         Find(handle, "xcb_intern_atom_reply", &library->intern_atom_reply) &&
         Find(handle, "xcb_get_property", &library->get_property) &&
         Find(handle, "xcb_get_property_reply", &library->get_property_reply) &&
         Find(handle, "xcb_get_property_value", &library->property_value) &&
         Find(handle, "xcb_get_property_value_length", &library->property_size) &&
         Find(handle, "xcb_get_geometry", &library->get_geometry) &&
         Find(handle, "xcb_get_geometry_reply", &library->get_geometry_reply) &&
         Find(handle, "xcb_translate_coordinates", &library->translate) &&
         Find(handle, "xcb_translate_coordinates_reply", &library->translate_reply) &&
         Find(handle, "xcb_query_tree", &library->query_tree) &&
         Find(handle, "xcb_query_tree_reply", &library->query_tree_reply) &&
         Find(handle, "xcb_change_property_checked", &library->change_property) &&
         Find(handle, "xcb_configure_window_checked", &library->configure) &&
         Find(handle, "xcb_send_event_checked", &library->send_event) &&
         Find(handle, "xcb_request_check", &library->check);
}

}  // namespace

Result<const Library*> Library::Open() { return OpenOnce<Library>(kLibraryName, FindAll); }

}  // namespace latchkey::xcb
