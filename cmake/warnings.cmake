add_library(helenus_warnings INTERFACE)
target_compile_options(helenus_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Wold-style-cast
  -Woverloaded-virtual -Wimplicit-fallthrough
  -Wno-missing-designated-field-initializers  # a field with a default needs no initializer
  -Werror)
