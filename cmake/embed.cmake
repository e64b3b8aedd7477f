# Files inside the executable. The assembler copies the bytes, so size costs no compile time.
enable_language(ASM)

# helenus_embed(TARGET FUNCTION name FOLDER folder FILES file...)
#   FUNCTION  qualified name: std::span<const helenus::base::embedded_file> NAME(), for the caller to
#             declare; the files come in the order given
#   FOLDER    what the paths are relative to
function(helenus_embed target)
  cmake_parse_arguments(arg "" "FUNCTION;FOLDER" "FILES" ${ARGN})
  string(REGEX REPLACE "::[^:]*$" "" namespace ${arg_FUNCTION})
  string(REGEX REPLACE "^.*::" "" function ${arg_FUNCTION})
  string(MAKE_C_IDENTIFIER "embedded_${arg_FUNCTION}" symbol)
  set(assembly "  .section .rodata\n")
  set(declarations "")
  set(entries "")
  set(index 0)
  foreach(file ${arg_FILES})
    file(RELATIVE_PATH path ${arg_FOLDER} ${file})
    set(name ${symbol}_${index})
    string(APPEND assembly "  .global ${name}\n  .global ${name}_end\n${name}:\n"
      "  .incbin \"${file}\"\n${name}_end:\n  .byte 0\n")
    string(APPEND declarations "extern \"C\" const char ${name}[];\nextern \"C\" const char ${name}_end[];\n")
    string(APPEND entries "      {\"${path}\", {${name}, static_cast<std::size_t>(${name}_end - ${name})}},\n")
    math(EXPR index "${index} + 1")
  endforeach()
  string(APPEND assembly "  .section .note.GNU-stack,\"\",%progbits\n")
  set(base ${CMAKE_CURRENT_BINARY_DIR}/${symbol})
  file(CONFIGURE OUTPUT ${base}.s CONTENT "${assembly}" @ONLY)
  file(CONFIGURE OUTPUT ${base}.cc CONTENT "#include <span>\n\n#include \"base/embedded_file.h\"\n
${declarations}
namespace ${namespace} {

std::span<const helenus::base::embedded_file> ${function}();
std::span<const helenus::base::embedded_file> ${function}() {
  static const helenus::base::embedded_file files[] = {
${entries}  };
  return files;
}

}  // namespace ${namespace}
" @ONLY)
  # The options of C++ mean nothing to the assembler, and warnings are errors.
  set_source_files_properties(${base}.s PROPERTIES OBJECT_DEPENDS "${arg_FILES}"
    COMPILE_OPTIONS -Wno-unused-command-line-argument SKIP_PRECOMPILE_HEADERS ON)
  target_sources(${target} PRIVATE ${base}.s ${base}.cc)
endfunction()
