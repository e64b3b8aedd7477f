# Boost as system headers; Asio is compiled once, in helenus_boost. Beast is compiled once, in
# helenus_http, which is the only module that includes it.
set(Boost_USE_STATIC_LIBS ON)
find_package(Boost 1.81 REQUIRED COMPONENTS json url)
add_library(helenus_boost STATIC ${CMAKE_SOURCE_DIR}/cmake/asio.cc)
target_compile_definitions(helenus_boost PUBLIC
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_VISIBILITY
  BOOST_BEAST_SEPARATE_COMPILATION)
target_include_directories(helenus_boost SYSTEM PUBLIC ${Boost_INCLUDE_DIRS})
target_link_libraries(helenus_boost PUBLIC Threads::Threads OpenSSL::SSL OpenSSL::Crypto)
