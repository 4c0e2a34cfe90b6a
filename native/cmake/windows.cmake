# What the code for Windows is compiled with besides. CMakeLists.txt includes it; as a script, for scripts/native/tidy.mjs, it
# writes into FOLDER what a compiler is to be told.
set(WINDOWS_DEFINITIONS UNICODE _UNICODE NOMINMAX WIN32_LEAN_AND_MEAN _WIN32_WINNT=0x0A00)

# The functions of Node-API out of DEF, the list for a linker, as windows/node_api_lookup.cc has them.
function(write_node_api_functions DEF FOLDER)
  file(STRINGS ${DEF} FUNCTIONS REGEX "^ *(napi|node_api)_")
  list(TRANSFORM FUNCTIONS REPLACE "^ *([a-z0-9_]+).*" "NODE_API(\\1)\n")
  list(JOIN FUNCTIONS "" FUNCTIONS)
  file(WRITE ${FOLDER}/node_api_functions.inc "${FUNCTIONS}")
endfunction()

if(CMAKE_SCRIPT_MODE_FILE)
  write_node_api_functions(${DEF} ${FOLDER})
  list(TRANSFORM WINDOWS_DEFINITIONS PREPEND "-D")
  list(JOIN WINDOWS_DEFINITIONS "\n" WINDOWS_DEFINITIONS)
  file(WRITE ${FOLDER}/windows.flags "${WINDOWS_DEFINITIONS}")
endif()
