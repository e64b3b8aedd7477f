add_library(helenus_warnings INTERFACE)
target_compile_options(helenus_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Wold-style-cast
  -Woverloaded-virtual -Wimplicit-fallthrough
  -Wno-missing-designated-field-initializers  # a field with a default needs no initializer
  -Werror)
if(HELENUS_TIDY)
  # Read as one, a local name may be that of a function of the file before.
  target_compile_options(helenus_warnings INTERFACE -Wno-shadow)
endif()
