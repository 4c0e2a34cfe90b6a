// The part of libxcb that we use, opened at run time; its types are declared here, since its headers need not be there.
//
// libxcb and not the libX11 above it: that one has a single handler of errors for the whole process, which belongs to
// the toolkit of the program that we are in, and whose default ends the process for a window that is gone.
#pragma once

#include <cstdint>

#include "../result.h"

namespace latchkey::xcb {

using Window = uint32_t;
using Atom = uint32_t;
struct Connection;
struct Setup;

struct Cookie {
  unsigned int sequence;
};

struct Error {
  uint8_t response_type, error_code;
  uint16_t sequence;
  uint32_t resource_id;
  uint16_t minor_code;
  uint8_t major_code;
};

// The first fields of each, which are all that we read.
struct Screen {
  Window root;
  uint32_t default_colormap, white_pixel, black_pixel, current_input_masks;
  uint16_t width, height;
};
struct ScreenIterator {
  Screen* data;
  int rem, index;
};
struct AtomReply {
  uint8_t response_type, pad;
  uint16_t sequence;
  uint32_t length;
  Atom atom;
};
struct PropertyReply {
  uint8_t response_type, format;
  uint16_t sequence;
  uint32_t length;
  Atom type;
  uint32_t bytes_after, value_length;
};
struct GeometryReply {
  uint8_t response_type, depth;
  uint16_t sequence;
  uint32_t length;
  Window root;
  int16_t x, y;
  uint16_t width, height;
};
struct CoordinatesReply {
  uint8_t response_type, same_screen;
  uint16_t sequence;
  uint32_t length;
  Window child;
  int16_t x, y;
};
struct TreeReply {
  uint8_t response_type, pad;
  uint16_t sequence;
  uint32_t length;
  Window root, parent;
};

// The event that asks a window manager for something (ICCCM § 4.2.8; EWMH, root window messages).
struct ClientMessage {
  uint8_t response_type = 33;
  uint8_t format = 32;
  uint16_t sequence = 0;
  Window window = 0;
  Atom type = 0;
  uint32_t data[5] = {};
};

constexpr uint32_t kAnyType = 0;
constexpr uint32_t kCardinalType = 6;
constexpr uint32_t kWindowType = 33;
constexpr Atom kTransientFor = 68;     // WM_TRANSIENT_FOR
constexpr Atom kResourceManager = 23;  // RESOURCE_MANAGER
constexpr Atom kClientMachine = 36;    // WM_CLIENT_MACHINE

constexpr int kBadWindow = 3;
constexpr int kBadAccess = 10;
constexpr int kBadDrawable = 9;

struct Library {
  Connection* (*connect)(const char* display, int* screen);
  int (*has_error)(Connection*);
  void (*disconnect)(Connection*);
  const Setup* (*get_setup)(Connection*);
  ScreenIterator (*roots)(const Setup*);
  void (*next_screen)(ScreenIterator*);
  Cookie (*intern_atom)(Connection*, uint8_t only_if_exists, uint16_t length, const char* name);
  AtomReply* (*intern_atom_reply)(Connection*, Cookie, Error**);
  Cookie (*get_property)(Connection*, uint8_t remove, Window, Atom name, Atom type, uint32_t offset, uint32_t length);
  PropertyReply* (*get_property_reply)(Connection*, Cookie, Error**);
  void* (*property_value)(const PropertyReply*);
  int (*property_size)(const PropertyReply*);
  Cookie (*get_geometry)(Connection*, Window);
  GeometryReply* (*get_geometry_reply)(Connection*, Cookie, Error**);
  Cookie (*translate)(Connection*, Window from, Window to, int16_t x, int16_t y);
  CoordinatesReply* (*translate_reply)(Connection*, Cookie, Error**);
  Cookie (*query_tree)(Connection*, Window);
  TreeReply* (*query_tree_reply)(Connection*, Cookie, Error**);
  Cookie (*change_property)(Connection*, uint8_t mode, Window, Atom name, Atom type, uint8_t format, uint32_t length,
                            const void* data);
  Cookie (*configure)(Connection*, Window, uint16_t mask, const uint32_t* values);
  Cookie (*send_event)(Connection*, uint8_t propagate, Window, uint32_t mask, const char* event);
  Error* (*check)(Connection*, Cookie);

  // Opens it at the first use and keeps it open.
  // @errors UNAVAILABLE when it is not there.
  // Thread: any.
  static Result<const Library*> Open();
};

}  // namespace latchkey::xcb
