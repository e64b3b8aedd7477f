#pragma once

#include <cstdint>
#include <string_view>

namespace helenus::jmx {

/// Magic number and version of an object stream.
inline constexpr std::string_view stream_header{"\xac\xed\x00\x05", 4};

/// The handle that the first thing in a stream gets.
inline constexpr std::uint32_t first_handle = 0x7e0000;

inline constexpr std::uint8_t tc_null = 0x70;
inline constexpr std::uint8_t tc_reference = 0x71;
inline constexpr std::uint8_t tc_class_description = 0x72;
inline constexpr std::uint8_t tc_object = 0x73;
inline constexpr std::uint8_t tc_string = 0x74;
inline constexpr std::uint8_t tc_array = 0x75;
inline constexpr std::uint8_t tc_class = 0x76;
inline constexpr std::uint8_t tc_block_data = 0x77;
inline constexpr std::uint8_t tc_end_block_data = 0x78;
inline constexpr std::uint8_t tc_reset = 0x79;
inline constexpr std::uint8_t tc_block_data_long = 0x7a;
inline constexpr std::uint8_t tc_exception = 0x7b;
inline constexpr std::uint8_t tc_long_string = 0x7c;
inline constexpr std::uint8_t tc_proxy_description = 0x7d;
inline constexpr std::uint8_t tc_enum = 0x7e;

}  // namespace helenus::jmx
