// Stops a build whose compiler was not told to protect it, since the finished library does not show that on every
// system. What the linker does is seen in the library: scripts/prebuilds/inspect.mjs.

#if defined(__GNUC__) && !defined(__SSP_STRONG__)
#error "no stack protector: -fstack-protector-strong is missing"
#endif

// Only what is optimised can be fortified.
#if defined(__GNUC__) && defined(NDEBUG)
#if !defined(__OPTIMIZE__) || !defined(_FORTIFY_SOURCE) || _FORTIFY_SOURCE < 2
#error "calls of the C library are not checked: -O2 or -D_FORTIFY_SOURCE=2 is missing"
#endif
#endif
