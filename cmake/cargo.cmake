# Crates of ours as static libraries. Cargo is asked at every change of their files, beside the C++ build; its folder
# is shared by all presets, because Rust is built the same way for all of them.
find_program(HELENUS_CARGO cargo)

# helenus_crate(TARGET FOLDER): links as TARGET what the crate in FOLDER (named as TARGET) builds, and runs its tests as
# the unit test TARGET. Offline: the crates of its Cargo.lock must have been fetched (`cargo fetch --locked`; ./dev does).
function(helenus_crate target folder)
  if(NOT HELENUS_CARGO)
    message(FATAL_ERROR "cargo (1.88 or later) is missing. On Debian 12: apt-get install rustc-web cargo-web")
  endif()
  set(output ${CMAKE_SOURCE_DIR}/build/cargo)
  set(library ${output}/release/lib${target}.a)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${folder}/src/*.rs)
  # The compiler that is there in any case also for the parts in C and for linking build scripts; and no path of this
  # machine in the messages of panics.
  set(environment ${CMAKE_COMMAND} -E env CARGO_TARGET_DIR=${output} CC=${CMAKE_C_COMPILER}
      "RUSTFLAGS=-C linker=${CMAKE_C_COMPILER} --remap-path-prefix=$ENV{HOME}/.cargo=/cargo")
  set(how --quiet --release --offline --locked --manifest-path ${folder}/Cargo.toml)
  add_custom_command(OUTPUT ${library}
    COMMAND ${environment} ${HELENUS_CARGO} build ${how}
    COMMAND ${CMAKE_COMMAND} -E touch ${library}
    DEPENDS ${sources} ${folder}/Cargo.toml ${folder}/Cargo.lock
    COMMENT "Building the crate ${target}"
    VERBATIM)
  add_custom_target(${target}_crate DEPENDS ${library})
  add_library(${target} STATIC IMPORTED GLOBAL)
  set_target_properties(${target} PROPERTIES IMPORTED_LOCATION ${library}
    INTERFACE_LINK_LIBRARIES "OpenSSL::SSL;OpenSSL::Crypto;Threads::Threads;m;dl")
  add_dependencies(${target} ${target}_crate)

  set(tested ${CMAKE_CURRENT_BINARY_DIR}/${target}.tested)
  add_custom_command(OUTPUT ${tested}
    COMMAND ${environment} ${HELENUS_CARGO} test --no-run ${how}
    COMMAND ${CMAKE_COMMAND} -E touch ${tested}
    DEPENDS ${library}
    COMMENT "Building the tests of the crate ${target}"
    VERBATIM)
  add_custom_target(${target}_test DEPENDS ${tested})
  helenus_suite(unit ${target}_test)
  add_test(NAME unit/${target} COMMAND ${environment} ${HELENUS_CARGO} test ${how})
  set_tests_properties(unit/${target} PROPERTIES LABELS unit TIMEOUT 300)
endfunction()
