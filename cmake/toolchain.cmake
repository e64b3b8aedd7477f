# One compiler. g++ before 13 frees some temporaries of a co_await expression twice.
if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang" OR CMAKE_CXX_COMPILER_VERSION VERSION_LESS 19)
  message(FATAL_ERROR
    "Helenus is built with clang 19 or later; this is ${CMAKE_CXX_COMPILER_ID} "
    "${CMAKE_CXX_COMPILER_VERSION}. On Debian 12: apt-get install clang-19 lld-19, then "
    "./dev build. (g++ before 13 miscompiles coroutines; see docs/adr/0001-compiler.md.)")
endif()

add_link_options(-fuse-ld=lld)
add_compile_options(-fno-omit-frame-pointer -fcolor-diagnostics)

find_program(HELENUS_CCACHE ccache)
if(HELENUS_CCACHE)
  # The environment lets ccache share objects between checkouts and accept the precompiled header.
  set(HELENUS_CCACHE_COMMAND ${CMAKE_COMMAND} -E env
    CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
    CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${HELENUS_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${HELENUS_CCACHE_COMMAND})
  set(CMAKE_C_COMPILER_LAUNCHER ${HELENUS_CCACHE_COMMAND})
endif()

if(CMAKE_BUILD_TYPE STREQUAL "Debug")
  # Line tables are what a sanitizer report needs; full debug information doubles build time.
  set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1")
elseif(CMAKE_BUILD_TYPE STREQUAL "Release")
  set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1 -DNDEBUG")
  include(CheckIPOSupported)
  set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ON)
  set(CMAKE_CXX_COMPILE_OPTIONS_IPO -flto=thin)
  add_compile_options(-ffunction-sections -fdata-sections -fstack-protector-strong -fPIE
                      -D_FORTIFY_SOURCE=2 -ftrivial-auto-var-init=zero)
  # The table of relocations is read as a whole at each start, and would then be 0.8 MiB of what is resident; packed it is
  # 10 KiB, and needs glibc 2.36 or later.
  add_link_options(-pie -Wl,--gc-sections -Wl,-z,relro,-z,now -Wl,-z,pack-relative-relocs
                   -static-libstdc++ -static-libgcc)
endif()
